// Adds live outcomes to the top of the activity feed. The page provides the markup of an item in
// <template data-activity-item="…">; the elements with data-slot are filled in. Names come from players, so they are only
// ever set as text, never as HTML.
(() => {
  "use strict";
  const script = document.currentScript;
  const feed = document.querySelector("[data-feed]");
  if (!script || !feed) return;
  const base = script.dataset.base || "";
  const MOST = 40, TOGETHER = 400, MINUTE = 60000;

  let waiting = [];
  let timer;
  const players = new Map(), badges = new Map(), unlockables = new Map();
  const maps = { player: players, badge: badges, unlockable: unlockables };

  // Loads the names that are not cached yet, in one request.
  async function loadNames(outcomes) {
    const query = new URLSearchParams();
    const request = (kind, id) => {
      if (maps[kind].has(id)) return;
      maps[kind].set(id, undefined);
      query.append(kind, id);
    };
    for (const outcome of outcomes) {
      request("player", outcome.player);
      request(outcome.kind.startsWith("badge.") ? "badge" : "unlockable", outcome.subject);
    }
    if (!query.toString()) return;
    const response = await fetch(`${base}/names?${query}`, { credentials: "same-origin" });
    if (!response.ok) return;
    for (const [kind, names] of Object.entries(await response.json())) {
      for (const [id, name] of Object.entries(names)) maps[kind]?.set(id, name);
    }
  }

  function fill(item, slot, change) {
    const found = item.querySelector(`[data-slot="${slot}"]`);
    if (found) change(found);
  }

  function show(outcome) {
    // The effects of a publication become one item, when the page is loaded next.
    if (outcome.trigger === "publish") return "";
    const template = document.querySelector(`template[data-activity-item="${CSS.escape(outcome.kind)}"]`);
    const item = template?.content.firstElementChild?.cloneNode(true);
    if (!item || feed.querySelector(`[data-seq="${Number(outcome.seq)}"]`)) return "";
    const id = encodeURIComponent(outcome.player);
    const name = players.get(outcome.player) || outcome.player;
    const badge = badges.get(outcome.subject);
    const tierId = outcome.detail?.tier || "";
    const tier = badge?.tiers?.[tierId];
    const subject = badge?.name || unlockables.get(outcome.subject) || outcome.subject;
    item.dataset.seq = outcome.seq;
    item.classList.add("new");
    fill(item, "player", (link) => {
      const text = link.querySelector("bdi") || link;
      text.textContent = name;
      link.href = `${base}/players/${id}`;
    });
    fill(item, "avatar", (image) => (image.src = `${base}/avatar/${id}.svg`));
    fill(item, "image", (image) => (image.src = tier?.image || badge?.image || `${base}/secret.svg`));
    fill(item, "subject", (link) => {
      link.textContent = subject;
      if (badge?.url) link.href = badge.url;
      else link.removeAttribute("href");
    });
    fill(item, "tier", (pill) => {
      pill.textContent = tierId;
      pill.hidden = !tierId;
      pill.className = `pill ${tier?.metal || "plain"}`;
    });
    fill(item, "at", (time) => {
      const at = outcome.recorded_at;
      time.dateTime = at;
      time.title = at.slice(0, 16).replace("T", " ") + " UTC";
    });
    feed.prepend(item);
    return `${name}: ${subject} ${tierId}`.trim();
  }

  async function flush() {
    timer = undefined;
    const outcomes = waiting;
    waiting = [];
    await loadNames(outcomes).catch(() => {});
    const shown = outcomes.map(show).filter(Boolean);
    if (!shown.length) return;
    while (feed.children.length > MOST) feed.lastElementChild.remove();
    feed.hidden = false;
    const empty = document.querySelector("[data-feed-empty]");
    if (empty) empty.hidden = true;
    const status = document.querySelector("[data-feed-status]");
    if (status) status.textContent = shown.slice(-3).join("; ");
    updateTimes();
  }

  // Formats a relative time. Must agree with `ago` in src/pages, which renders the first page.
  function ago(at) {
    const seconds = Math.floor((Date.now() - at) / 1000);
    if (seconds < 45) return "just now";
    const [number, unit] = seconds < 3600 ? [Math.floor((seconds + 30) / 60), "minute"] :
      seconds < 86400 ? [Math.floor(seconds / 3600), "hour"] : [Math.floor(seconds / 86400), "day"];
    return number === 1 ? `1 ${unit} ago` : `${number} ${unit}s ago`;
  }

  function updateTimes() {
    for (const time of feed.querySelectorAll("time")) {
      const at = Date.parse(time.dateTime);
      if (Date.now() - at < 30 * 24 * 60 * MINUTE) time.textContent = ago(at);
    }
  }

  const sign = document.querySelector("[data-live]");
  const source = new EventSource(`${base}/live`);
  source.addEventListener("open", () => sign && (sign.hidden = false));
  source.addEventListener("error", () => sign && (sign.hidden = true));
  source.addEventListener("outcome", (event) => {
    try { waiting.push(JSON.parse(event.data)); } catch { return; }
    timer ??= setTimeout(flush, TOGETHER);
  });
  addEventListener("pagehide", () => source.close(), { once: true });
  setInterval(updateTimes, MINUTE);
})();
