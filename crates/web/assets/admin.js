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
for (const section of document.querySelectorAll("[data-refresh]")) setTimeout(refresh, 1000, section.dataset.refresh || location.href);

// Award to several players: the button counts the ticked players.
for (const form of document.querySelectorAll("[data-ticks]")) {
  const button = form.querySelector('button[value="award"]');
  form.addEventListener("change", () => {
    const ticked = form.querySelectorAll("input:checked").length;
    button.textContent = `Award to ${ticked.toLocaleString("en")} ${ticked === 1 ? "player" : "players"}`;
  });
}

// Live activity: after outcomes, replaces the list by the one of the activity page, which has names and pictures.
const live = document.querySelector("[data-live]");
if (live) {
  const state = document.getElementById("live-state");
  const source = new EventSource(live.dataset.live);
  let waiting = false;
  async function update() {
    try {
      const response = await fetch(live.dataset.source, { headers: { accept: "text/html" }, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const known = new Set([...live.children].map((line) => line.dataset.seq));
      const lines = [...page.querySelectorAll("[data-live] > li")].slice(0, Number(live.dataset.shown));
      if (!lines.length) return;
      for (const line of lines) line.classList.toggle("new", !known.has(line.dataset.seq));
      live.replaceChildren(...lines);
      document.getElementById("nothing-yet")?.remove();
    } catch {
      // The next outcome tries again.
    } finally {
      waiting = false;
    }
  }
  source.addEventListener("open", () => { state.hidden = false; });
  source.addEventListener("error", () => { state.hidden = true; });
  const schedule = () => {
    // Outcomes come in bursts. The list is not replaced under the keyboard focus, but as soon as that leaves.
    if (waiting || live.contains(document.activeElement)) return;
    waiting = true;
    setTimeout(update, 700);
  };
  source.addEventListener("outcome", schedule);
  live.addEventListener("focusout", schedule);
}

// Search: "/" and Ctrl+K or ⌘K move to the search field of the header.
const find = document.getElementById("find");
if (find) {
  find.parentElement.querySelector("kbd").hidden = false;
  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
    const isShortcut = (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey)
      || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey);
    if (!isShortcut) return;
    event.preventDefault();
    find.focus();
    find.select();
  });
}

// Manual actions: asks for a key only if the chosen badge is earned per key.
for (const form of document.querySelectorAll("[data-action-form]")) {
  const field = form.querySelector("[data-key-field]");
  const badge = form.elements.badge;
  if (!field || !badge) continue;
  const update = () => { field.hidden = !badge.selectedOptions[0]?.hasAttribute("data-keyed"); };
  badge.addEventListener("change", update);
  update();
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

// Copy buttons for commands.
for (const block of document.querySelectorAll("[data-copy-text]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet small";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.textContent.trim());
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(block);
    }
  });
  const box = document.createElement("div");
  box.className = "copy-text";
  block.replaceWith(box);
  box.append(block, button);
}

// Asks for confirmation before an action that cannot be undone.
for (const button of document.querySelectorAll("[data-sure]")) {
  button.addEventListener("click", (event) => {
    if (!confirm(button.dataset.sure)) event.preventDefault();
  });
}

// Focuses the error, so that keyboards and screen readers start there.
document.querySelector("[role=alert], [data-focus]")?.focus();
