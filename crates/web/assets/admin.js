// Enhances the administration pages. All of them work without this script.
"use strict";

// Background jobs: polls the page until the job is finished, and updates the progress in place.
async function refresh(place) {
  const section = document.querySelector("[data-refresh]");
  if (!section) return;
  try {
    const response = await fetch(place, { headers: { accept: "text/html" }, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = page.querySelector("[data-refresh]");
    if (!next) {
      location.reload();
      return;
    }
    const [bar, text] = ["progress", "p"].map((name) => [section.querySelector(name), next.querySelector(name)]);
    if (bar[0] && bar[1]) [bar[0].max, bar[0].value] = [bar[1].max, bar[1].value];
    if (text[0] && text[1]) text[0].replaceWith(text[1]);
  } catch {
    // The service may be restarting: keep polling.
  }
  setTimeout(refresh, 1000, place);
}
for (const section of document.querySelectorAll("[data-refresh]")) setTimeout(refresh, 1000, section.dataset.refresh);

// Award to several players: the button counts the ticked players.
for (const form of document.querySelectorAll("[data-ticks]")) {
  const button = form.querySelector('button[value="award"]');
  form.addEventListener("change", () => {
    const ticked = form.querySelectorAll("input:checked").length;
    button.textContent = `Award to ${ticked.toLocaleString("en")} ${ticked === 1 ? "player" : "players"}`;
  });
}

// Live activity.
const live = document.querySelector("[data-live]");
if (live) {
  const shown = 50;
  const state = document.getElementById("live-state");
  const source = new EventSource(live.dataset.live);
  const words = {
    "badge.awarded": "earned", "badge.revoked": "lost", "badge.lapsed": "no longer holds",
    "unlockable.opened": "unlocked", "unlockable.closed": "lost access to",
  };
  const element = (name, text) => {
    const created = document.createElement(name);
    created.textContent = text;
    return created;
  };
  source.addEventListener("open", () => { state.hidden = false; });
  source.addEventListener("error", () => { state.hidden = true; });
  source.addEventListener("outcome", (event) => {
    const outcome = JSON.parse(event.data);
    const line = element("li", "");
    line.className = "new";
    const at = element("time", outcome.at.slice(0, 16).replace("T", " "));
    at.dateTime = outcome.at;
    const player = element("a", outcome.player);
    player.href = live.dataset.players + encodeURIComponent(outcome.player);
    const sentence = element("span", "");
    const amount = outcome.kind === "points" ? `${outcome.detail.amount > 0 ? "+" : ""}${outcome.detail.amount} ` : "";
    sentence.append(player, ` ${words[outcome.kind] ?? ""} `, element("strong", amount + outcome.subject));
    line.append(at, " ", sentence);
    live.prepend(line);
    while (live.children.length > shown) live.lastElementChild.remove();
    document.getElementById("nothing-yet")?.remove();
  });
}

// Catalog editor: line numbers, error marks, and links that jump to a line.
const editor = document.querySelector("[data-editor]");
if (editor) {
  const wrong = new Set([...document.querySelectorAll("[data-line]")].map((finding) => Number(finding.dataset.line)));
  const gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  editor.before(gutter);
  let lines = 0;
  const number = () => {
    const count = editor.value.split("\n").length;
    if (count !== lines) {
      lines = count;
      const numbers = Array.from({ length: count }, (_, index) => {
        const line = document.createElement("span");
        line.textContent = `${index + 1}\n`;
        if (wrong.has(index + 1)) line.className = "wrong";
        return line;
      });
      gutter.replaceChildren(...numbers);
    }
    gutter.scrollTop = editor.scrollTop;
  };
  editor.addEventListener("input", number);
  editor.addEventListener("scroll", number);
  new ResizeObserver(number).observe(editor);
  number();

  const go = (line, column) => {
    const before = editor.value.split("\n").slice(0, line - 1).join("\n");
    const at = (line > 1 ? before.length + 1 : 0) + column - 1;
    editor.focus();
    editor.setSelectionRange(at, at);
    editor.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(editor).lineHeight));
  };
  for (const link of document.querySelectorAll("[data-go-line]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(Number(link.dataset.goLine), Number(link.dataset.goColumn));
    });
  }

  // Warns before unsaved changes are lost.
  const first = editor.value;
  let sent = false;
  editor.form.addEventListener("submit", () => { sent = true; });
  addEventListener("beforeunload", (event) => {
    if (!sent && editor.value !== first) event.preventDefault();
  });
}

// Copy buttons for secrets that are shown only once.
for (const secret of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(secret.value);
      button.textContent = "Copied";
    } catch {
      secret.select();
    }
  });
  const box = document.createElement("div");
  box.className = "copy";
  secret.replaceWith(box);
  box.append(secret, button);
}

// Asks for confirmation before an action that cannot be undone.
for (const button of document.querySelectorAll("[data-sure]")) {
  button.addEventListener("click", (event) => {
    if (!confirm(button.dataset.sure)) event.preventDefault();
  });
}

// Focuses the error, so that keyboards and screen readers start there.
document.querySelector("[role=alert], [data-focus]")?.focus();
