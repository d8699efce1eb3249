// Shows every <time datetime> as a relative time, "2 minutes ago", with the exact local time as its title. The server renders
// the time in UTC, for browsers without scripts. With data-time="date", the text is always a date.
(() => {
  "use strict";
  const MINUTE = 60, HOUR = 3600, DAY = 86400, MONTH = 30 * DAY, UPDATED = 30000;
  const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
  const exact = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
  });

  // Formats a relative time. Must agree with `format_ago` in src/pages, which renders the first page.
  function relative(at) {
    const seconds = Math.floor((Date.now() - at) / 1000);
    const distance = Math.abs(seconds);
    if (distance >= MONTH) return date.format(at);
    if (distance < 45) return seconds < 0 ? "in a moment" : "just now";
    const [number, unit] = distance < HOUR ? [Math.floor((distance + 30) / MINUTE), "minute"] :
      distance < DAY ? [Math.floor(distance / HOUR), "hour"] : [Math.floor(distance / DAY), "day"];
    const words = `${number} ${unit}${number === 1 ? "" : "s"}`;
    return seconds < 0 ? `in ${words}` : `${words} ago`;
  }

  function update(time) {
    const at = Date.parse(time.dateTime);
    // A day without a time of day has no exact time.
    if (Number.isNaN(at) || !time.dateTime.includes("T")) return;
    const text = time.dataset.time === "date" ? date.format(at) : relative(at);
    const title = exact.format(at);
    // Only changes are written, because screen readers announce those in a live region.
    if (time.textContent !== text) time.textContent = text;
    if (time.title !== title) time.title = title;
  }

  const updateAll = (root = document) => root.querySelectorAll("time[datetime]").forEach(update);

  updateAll();
  setInterval(() => document.hidden || updateAll(), UPDATED);
  document.addEventListener("visibilitychange", () => document.hidden || updateAll());
  // Scripts add items to feeds, and replace parts of a page.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node.querySelectorAll) updateAll(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
})();
