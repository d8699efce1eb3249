// Shows a player what they just earned, on any page:
//
//   <script src="https://play.example/assets/live.js" data-base="https://play.example" defer></script>
//
// On pages of the same origin the player who is signed in is shown. Elsewhere add data-player and data-token, a token
// that the host's server asked for. Every outcome is also told to the page itself:
//
//   document.addEventListener("accolade:outcome", (event) => console.log(event.detail));
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script) return;
  const base = (script.dataset.base || "").replace(/\/$/, "");
  const { token, player } = script.dataset;
  const KINDS = ["badge.awarded", "unlockable.opened", "points"];
  const STAYS = 9000, MERGED = 1500, SHOWN = 4, REMEMBERED = 30000;

  // What things are called: outcomes hold only ids.

  const known = new Map();

  async function named(kind, id) {
    const key = kind + "/" + id;
    if (!known.has(key)) known.set(key, await look(kind, id).catch(() => undefined));
    return known.get(key) || { name: id };
  }

  async function look(kind, id) {
    if (token) return lookAcross(kind, id);
    const answer = await fetch(`${base}/names?${kind}=${encodeURIComponent(id)}`, { credentials: "same-origin" });
    const found = answer.ok ? (await answer.json())[kind][id] : undefined;
    return typeof found === "string" ? { name: found } : found;
  }

  async function lookAcross(kind, id) {
    const answer = await ask(`${base}/v1/players/${encodeURIComponent(player)}`);
    if (!answer.ok) return undefined;
    const profile = await answer.json();
    const list = { badge: profile.badges, unlockable: profile.unlockables, currency: profile.balances }[kind] || [];
    const found = list.find((one) => one.id === id || one.currency === id);
    const image = kind === "badge" ? found?.image || `${base}/art/${encodeURIComponent(id)}.svg` : undefined;
    return found && { name: found.name, image };
  }

  function ask(url, headers = {}) {
    return fetch(url, { credentials: "omit", headers: { ...headers, Authorization: `Bearer ${token}` } });
  }

  // Toasts. Text is only ever set as text.

  let region;

  function place() {
    if (region) return region;
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("toasts.css", script.src).href;
    document.head.append(sheet);
    region = document.createElement("div");
    region.className = "accolade-toasts";
    region.setAttribute("role", "log");
    region.setAttribute("aria-label", "News");
    document.body.append(region);
    return region;
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function toast({ title, text, image, url, metal }) {
    const box = element("div", "accolade-toast" + (metal ? " accolade-" + metal : ""));
    if (image) {
      const picture = element("img", "accolade-toast-image");
      picture.src = image;
      picture.alt = "";
      box.append(picture);
    }
    const words = element("div", "accolade-toast-words");
    words.append(element("p", "accolade-toast-title", title));
    const line = element(url ? "a" : "p", "accolade-toast-text", text);
    if (url) line.href = url;
    words.append(line);
    const close = element("button", "accolade-toast-close", "×");
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    box.append(words, close);
    let timer;
    const leave = () => box.remove();
    const stay = () => clearTimeout(timer);
    const wait = () => { stay(); timer = setTimeout(leave, STAYS); };
    close.addEventListener("click", leave);
    box.addEventListener("keydown", (event) => event.key === "Escape" && leave());
    for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, stay);
    for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, wait);
    wait();
    const all = place();
    all.append(box);
    while (all.children.length > SHOWN) all.firstElementChild.remove();
  }

  // Gains of points that come together are one toast.

  const gains = new Map();
  let gainsTimer;

  function gained(currency, amount) {
    gains.set(currency, (gains.get(currency) || 0) + amount);
    clearTimeout(gainsTimer);
    gainsTimer = setTimeout(async () => {
      const sums = [...gains];
      gains.clear();
      for (const [id, sum] of sums) {
        if (sum > 0) toast({ title: `+${sum.toLocaleString("en")}`, text: (await named("currency", id)).name });
      }
    }, MERGED);
  }

  async function told(outcome) {
    document.dispatchEvent(new CustomEvent("accolade:outcome", { detail: outcome }));
    if (!KINDS.includes(outcome.kind)) return;
    const detail = outcome.detail || {};
    if (outcome.kind === "points") {
      if (detail.amount > 0) gained(outcome.subject, detail.amount);
    } else if (outcome.kind === "badge.awarded") {
      const badge = await named("badge", outcome.subject);
      const tier = badge.tiers?.[detail.tier];
      const text = detail.tier ? `${badge.name} (${detail.tier})` : badge.name;
      toast({ title: "You earned a badge", text, image: tier?.image || badge.image, url: badge.url, metal: tier?.metal });
    } else {
      toast({ title: "You unlocked something", text: (await named("unlockable", outcome.subject)).name });
    }
  }

  function read(data) {
    try { told(JSON.parse(data)); } catch { /* Not an outcome: the next one will be. */ }
  }

  // What a form earned before its page was there is shown on the page that comes next.

  const lastPlace = `accolade ${base} ${player || ""}`;
  let last = recalled();

  function recalled() {
    try {
      const [id, at] = (sessionStorage.getItem(lastPlace) || "").split(" ");
      return Date.now() - at < REMEMBERED ? id : "";
    } catch { return ""; }
  }

  addEventListener("pagehide", () => {
    try { if (last) sessionStorage.setItem(lastPlace, `${last} ${Date.now()}`); } catch { /* Not allowed here. */ }
  });

  // The stream: the browser's own where the cookie does, or else one that is read by hand, with the token.

  function listen() {
    const source = new EventSource(`${base}/live?mine=1${last && "&after=" + last}`);
    source.addEventListener("ready", (event) => (last = event.lastEventId));
    source.addEventListener("outcome", (event) => {
      last = event.lastEventId;
      read(event.data);
    });
    // A refusal ends the stream for good; a page that is opened later tries again.
    addEventListener("pagehide", () => source.close(), { once: true });
  }

  async function listenAcross() {
    let wait = 1000, retry = 2000;
    for (;;) {
      try {
        const headers = { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) };
        const answer = await ask(`${base}/v1/players/${encodeURIComponent(player)}/live`, headers);
        // The token is not, or no longer, good: the page must bring another one.
        if (answer.status === 401 || answer.status === 403) return;
        if (answer.ok && answer.body) {
          wait = 1000;
          for await (const event of events(answer.body)) {
            if (event.id) last = event.id;
            if (event.retry) retry = event.retry;
            if (event.name === "outcome") read(event.data);
          }
          await pause(retry);
          continue;
        }
      } catch { /* The network is gone: try again later. */ }
      await pause(wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, 60000);
    }
  }

  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text = (text + value).replace(/\r\n?/g, "\n");
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) yield event(text.slice(0, end));
    }
  }

  function event(text) {
    const found = { name: "message", data: "" };
    for (const line of text.split("\n")) {
      const at = line.indexOf(":");
      if (at < 1) continue;
      const [field, value] = [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")];
      if (field === "data") found.data += (found.data && "\n") + value;
      else if (field === "event") found.name = value;
      else if (field === "id") found.id = value;
      else if (field === "retry") found.retry = Number(value) || undefined;
    }
    return found;
  }

  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  // Before there is anything to show: what appears in a region that was not there is not read out to those who listen, and
  // without its style sheet it would flash up bare.
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);

  if (token && player) listenAcross();
  else listen();
})();
