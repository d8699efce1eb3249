// Shows a player what they just earned, on any page:
//
//   <script src="https://play.example/assets/live.js" data-base="https://play.example" defer></script>
//
// On pages of the same origin it uses the session of the signed-in player. On other origins add data-player and
// data-token, with a player token that the host's server requested. The page itself receives every outcome as an event:
//
//   document.addEventListener("accolade:outcome", (event) => console.log(event.detail));
//
// When the token expires, the script requests another one from data-token-url, if that is set: a path of your site that
// responds with {"token": "acp_…"}. Without it, the page can supply one:
//
//   document.addEventListener("accolade:expired", async (event) => event.detail.renew(await requestToken()));
//
// Tiers and rare badges are celebrated with a card, unless data-celebrate is "off".
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script) return;
  const base = (script.dataset.base || "").replace(/\/$/, "");
  const { player, tokenUrl } = script.dataset;
  let { token } = script.dataset;
  const celebrates = script.dataset.celebrate !== "off";
  const KINDS = ["badge.awarded", "unlockable.opened", "points"];
  const STAYS = 9000, CELEBRATED = 15000, MERGED = 1500, SHOWN = 4, REMEMBERED = 30000, RARE = 0.1;

  // Display names, looked up because outcomes contain only ids.

  const known = new Map();

  async function named(kind, id) {
    const key = kind + "/" + id;
    if (!known.has(key)) known.set(key, await lookUp(kind, id).catch(() => undefined));
    return known.get(key) || { name: id };
  }

  async function lookUp(kind, id) {
    if (token) return lookUpAcrossOrigins(kind, id);
    const response = await fetch(`${base}/names?${kind}=${encodeURIComponent(id)}`, { credentials: "same-origin" });
    const found = response.ok ? (await response.json())[kind][id] : undefined;
    return typeof found === "string" ? { name: found } : found;
  }

  async function lookUpAcrossOrigins(kind, id) {
    const response = await fetchWithToken(`${base}/v1/players/${encodeURIComponent(player)}`);
    if (!response.ok) return undefined;
    const profile = await response.json();
    const list = { badge: profile.badges, unlockable: profile.unlockables, currency: profile.balances }[kind] || [];
    const found = list.find((one) => one.id === id || one.currency === id);
    if (!found) return undefined;
    if (kind !== "badge") return { name: found.name };
    const path = encodeURIComponent(id);
    const image = found.image || `${base}/art/${path}.svg`;
    const metal = (tier) => (["bronze", "silver", "gold", "diamond"].includes(tier) ? tier : undefined);
    const tiers = Object.fromEntries(
      found.tiers.map(({ id: tier }) => {
        const look = metal(tier) && !found.image ? `${image}?tier=${tier}` : image;
        return [tier, { metal: metal(tier), image: look }];
      })
    );
    const award = `${base}/players/${encodeURIComponent(player)}/badges/${path}`;
    // A player token does not read how rare a badge is.
    return { name: found.name, image, tiers, url: award, award, is_shareable: found.visibility === "public" };
  }

  function fetchWithToken(url, headers = {}) {
    return fetch(url, { credentials: "omit", headers: { ...headers, Authorization: `Bearer ${token}` } });
  }

  // Toasts. Names come from players, so they are only ever set as text, never as HTML.

  let region;

  function toastRegion() {
    if (region) return region;
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("toasts.css", script.src).href;
    document.head.append(sheet);
    region = document.createElement("div");
    region.className = "accolade-toasts";
    region.setAttribute("role", "log");
    region.setAttribute("aria-label", "Notifications");
    document.body.append(region);
    return region;
  }

  function element(name, className, text) {
    const created = document.createElement(name);
    created.className = className;
    if (text) created.textContent = text;
    return created;
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
    if (title) words.append(element("p", "accolade-toast-title", title));
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
    const all = toastRegion();
    all.append(box);
    while (all.children.length > SHOWN) all.firstElementChild.remove();
  }

  // Points that arrive in quick succession are merged into one toast.

  const gains = new Map();
  let gainsTimer;

  function gained(currency, amount) {
    gains.set(currency, (gains.get(currency) || 0) + amount);
    clearTimeout(gainsTimer);
    gainsTimer = setTimeout(async () => {
      const sums = [...gains];
      gains.clear();
      for (const [id, sum] of sums) {
        if (sum > 0) toast({ text: `+${sum.toLocaleString("en")} ${(await named("currency", id)).name}` });
      }
    }, MERGED);
  }

  // Several tiers of a badge arrive together; the highest one, which comes last, stands for all.

  const awards = new Map();
  let awardsTimer;

  function earned(id, tier) {
    awards.delete(id);
    awards.set(id, tier);
    clearTimeout(awardsTimer);
    awardsTimer = setTimeout(async () => {
      const all = [...awards];
      awards.clear();
      for (const [badge, highest] of all) await announceBadge(badge, highest);
    }, MERGED / 3);
  }

  async function announceBadge(id, tierId) {
    const badge = await named("badge", id);
    const tier = badge.tiers?.[tierId];
    const { url, award, rarity } = badge;
    const image = tier?.image || badge.image;
    const isRare = rarity > 0 && rarity < RARE;
    if (celebrates && (tierId || isRare)) {
      celebrate({ name: badge.name, tier: tierId, metal: tier?.metal, image, url, isRare, rarity, share: badge.is_shareable && award });
    } else {
      const text = tierId ? `${badge.name} (${tierId})` : badge.name;
      toast({ title: "You earned a badge", text, image, url, metal: tier?.metal });
    }
  }

  // Celebration of a tier or a rare badge: a card over the page, one at a time. It does not take the focus.

  const queue = [];
  let card;

  function celebrate(award) {
    queue.push(award);
    if (card) showWaiting();
    else showNextCard();
  }

  // Awards that arrive while a card is shown are counted on it.
  function showWaiting() {
    card.querySelector(".accolade-celebration-more").textContent = queue.length ? `${queue.length} more` : "";
  }

  function showNextCard() {
    const award = queue.shift();
    if (!award) return;
    const share = award.rarity * 100;
    const percent = share < 0.1 ? "less than 0.1" : share.toFixed(share < 10 ? 1 : 0);
    const rarity = award.isRare ? `Only ${percent}% of players have it` : "";
    card = element("div", "accolade-celebration" + (award.metal ? " accolade-" + award.metal : ""));
    card.setAttribute("role", "region");
    card.setAttribute("aria-label", `You earned ${award.name}`);
    if (award.image) {
      const picture = element("img", "accolade-celebration-image");
      picture.src = award.image;
      picture.alt = "";
      card.append(picture);
    }
    card.append(element("p", "accolade-celebration-title", "You earned a badge"));
    card.append(element("p", "accolade-celebration-name", award.name));
    if (award.tier) card.append(element("p", "accolade-celebration-tier", award.tier));
    if (rarity) card.append(element("p", "accolade-celebration-rarity", rarity));
    const actions = element("div", "accolade-celebration-actions");
    if (award.share) actions.append(shareControl(award));
    if (award.url) {
      const view = element("a", "accolade-celebration-action", "View");
      view.href = award.url;
      actions.append(view);
    }
    actions.append(element("span", "accolade-celebration-more"));
    const close = element("button", "accolade-toast-close", "×");
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    card.append(actions, close);
    showWaiting();
    const shown = card;
    let timer;
    const stay = () => clearTimeout(timer);
    const wait = () => { stay(); if (!document.hidden) timer = setTimeout(leave, CELEBRATED); };
    const onKey = (event) => event.key === "Escape" && leave();
    function leave() {
      stay();
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("visibilitychange", wait);
      shown.remove();
      card = undefined;
      showNextCard();
    }
    close.addEventListener("click", leave);
    document.addEventListener("keydown", onKey);
    // A card that appears in a tab in the background waits for the person.
    document.addEventListener("visibilitychange", wait);
    for (const name of ["pointerenter", "focusin"]) card.addEventListener(name, stay);
    for (const name of ["pointerleave", "focusout"]) card.addEventListener(name, wait);
    wait();
    const words = [`You earned a badge: ${award.name}`, award.tier, rarity].filter(Boolean).join(", ");
    const announcement = element("p", "accolade-announcement", words);
    toastRegion().append(announcement);
    setTimeout(() => announcement.remove(), CELEBRATED);
    document.body.append(card);
  }

  // Shares the public page of the award; a link where the browser cannot share.
  function shareControl(award) {
    const url = new URL(award.share, location.href).href;
    const name = navigator.share ? "button" : "a";
    const control = element(name, "accolade-celebration-action accolade-celebration-share", "Share");
    if (navigator.share) {
      control.type = "button";
      const title = `I earned ${award.name}`;
      control.addEventListener("click", () => navigator.share({ title, url }).catch(() => {}));
    } else {
      control.href = url;
    }
    return control;
  }

  async function announce(outcome) {
    document.dispatchEvent(new CustomEvent("accolade:outcome", { detail: outcome }));
    if (!KINDS.includes(outcome.kind)) return;
    const detail = outcome.detail || {};
    if (outcome.kind === "points") {
      if (detail.amount > 0) gained(outcome.subject, detail.amount);
    } else if (outcome.kind === "badge.awarded") {
      earned(outcome.subject, detail.tier);
    } else {
      toast({ title: "You unlocked a perk", text: (await named("unlockable", outcome.subject)).name });
    }
  }

  function read(data) {
    try { announce(JSON.parse(data)); } catch { /* Not an outcome: skip it, the stream goes on. */ }
  }

  // A form's outcomes often arrive while the browser loads the next page, so that page resumes after the last one seen.

  const storageKey = `accolade ${base} ${player || ""}`;
  let last = lastSeen();

  function lastSeen() {
    try {
      const [id, at] = (sessionStorage.getItem(storageKey) || "").split(" ");
      return Date.now() - at < REMEMBERED ? id : "";
    } catch { return ""; }
  }

  addEventListener("pagehide", () => {
    try { if (last) sessionStorage.setItem(storageKey, `${last} ${Date.now()}`); } catch { /* Storage is blocked. */ }
  });

  // EventSource works with the session cookie but cannot send an Authorization header, so with a token the stream is
  // read with fetch.

  function listen() {
    const source = new EventSource(`${base}/live?mine=1${last && "&after=" + last}`);
    source.addEventListener("ready", (event) => {
      last = event.lastEventId;
      script.dataset.state = "open";
    });
    source.addEventListener("outcome", (event) => {
      last = event.lastEventId;
      read(event.data);
    });
    // EventSource does not reconnect after an error status; the next page tries again.
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) dispatchExpired({});
    });
    addEventListener("pagehide", () => source.close(), { once: true });
  }

  async function listenAcrossOrigins() {
    let wait = 1000, retry = 2000;
    for (;;) {
      try {
        const headers = { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) };
        const response = await fetchWithToken(`${base}/v1/players/${encodeURIComponent(player)}/live`, headers);
        // The token is invalid or has expired: retrying is pointless until there is a new one.
        if (response.status === 401 || response.status === 403) {
          token = await renewToken();
          // A server that returns an expired token must not cause a loop of requests.
          await pause(wait);
          wait = Math.min(wait * 2, 60000);
          continue;
        }
        if (response.ok && response.body) {
          wait = 1000;
          for await (const event of events(response.body)) {
            if (event.id) last = event.id;
            if (event.retry) retry = event.retry;
            if (event.name === "ready") script.dataset.state = "open";
            if (event.name === "outcome") read(event.data);
          }
          await pause(retry);
          continue;
        }
      } catch { /* Network error: retry with backoff. */ }
      await pause(wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, 60000);
    }
  }

  // Resolves to a new token: from data-token-url, or else from the page, however long that takes.
  async function renewToken() {
    if (tokenUrl) {
      try {
        const response = await fetch(tokenUrl, { headers: { Accept: "application/json" } });
        const renewed = response.ok ? (await response.json()).token : undefined;
        if (typeof renewed === "string" && renewed !== token) return renewed;
      } catch { /* The page can still supply a token. */ }
    }
    return new Promise((resolve) => {
      const renew = (renewed) => resolve(String(renewed));
      dispatchExpired({ player, renew });
    });
  }

  function dispatchExpired(detail) {
    script.dataset.state = "expired";
    document.dispatchEvent(new CustomEvent("accolade:expired", { detail }));
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

  // The region is created early: screen readers announce only changes to a live region that already exists, and the first
  // toast would appear unstyled before its style sheet has loaded.
  if (document.body) toastRegion();
  else addEventListener("DOMContentLoaded", toastRegion);

  if (token && player) listenAcrossOrigins();
  else listen();
})();
