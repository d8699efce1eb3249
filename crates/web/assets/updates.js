// Updates counters, progress and tiers on the page while the player earns something: loads the page again, and replaces the
// sections that changed. The page works without it, and shows the same after a reload.
(() => {
  "use strict";
  const TOGETHER = 700, STALE = 60000;
  const content = document.getElementById("content");
  if (!content || !window.DOMParser) return;
  let timer, running = false, again = false, loaded = Date.now();

  const parts = (root) => [...root.querySelectorAll("dl.facts, section[aria-labelledby]")].filter(
    // Sections inside of others are part of those; live feeds update themselves.
    (part) => !part.parentElement.closest("section[aria-labelledby]") && !part.querySelector("[data-feed]")
  );
  const key = (part) => part.getAttribute("aria-labelledby") || part.className;

  // Scripts change texts of the open page, such as relative times, so the new page is compared with the one loaded before.
  let before = new Map();

  async function load() {
    const response = await fetch(location.href.split("#")[0], { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return undefined;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.getElementById("content");
  }

  async function refresh() {
    if (running) { again = true; return; }
    running = true;
    try {
      const fresh = await load();
      if (fresh) replace(fresh);
      loaded = Date.now();
    } catch { /* The network failed: the next outcome tries again. */ }
    running = false;
    if (again) { again = false; schedule(); }
  }

  function replace(fresh) {
    const old = new Map(parts(content).map((part) => [key(part), part]));
    const now = parts(fresh);
    for (const part of now) {
      const html = part.outerHTML;
      const open = old.get(key(part));
      if (before.get(key(part)) === html) continue;
      before.set(key(part), html);
      if (open) swap(open, part);
      else insert(part, now, old);
    }
    for (const [name, part] of old) {
      if (now.every((one) => key(one) !== name)) part.remove();
    }
  }

  // Keeps unfolded details, and the focus on the same link.
  function swap(open, part) {
    const unfolded = [...open.querySelectorAll("details")].map((one) => one.open);
    const focused = open.contains(document.activeElement) ? document.activeElement : undefined;
    const fresh = document.importNode(part, true);
    fresh.querySelectorAll("details").forEach((one, at) => { if (unfolded[at] !== undefined) one.open = unfolded[at]; });
    open.replaceWith(fresh);
    if (!focused) return;
    const href = focused.getAttribute("href");
    const same = [...fresh.querySelectorAll(focused.localName)].find((one) => one.getAttribute("href") === href);
    same?.focus({ preventScroll: true });
  }

  // Inserts a new section after the one that precedes it on the new page.
  function insert(part, now, old) {
    const at = now.indexOf(part);
    const earlier = now.slice(0, at).reverse().map((one) => old.get(key(one))).find((one) => one?.isConnected);
    const later = now.slice(at + 1).map((one) => old.get(key(one))).find((one) => one?.isConnected);
    const fresh = document.importNode(part, true);
    if (earlier && !earlier.matches("dl, .band *")) earlier.after(fresh);
    else if (later) later.before(fresh);
    else content.querySelector(".sections")?.prepend(fresh);
    old.set(key(part), fresh);
  }

  function schedule() {
    clearTimeout(timer);
    timer = setTimeout(refresh, TOGETHER);
  }

  document.addEventListener("accolade:outcome", schedule);
  // Progress has no outcome, so a page that was in the background for a while may be outdated.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - loaded > STALE) schedule();
  });
})();
