// Filters the list of operations in the API reference while a search is typed. Without scripts, the form sends the search.
(() => {
  "use strict";
  const search = document.querySelector("[data-reference-search]");
  if (!search) return;
  const status = document.querySelector("[data-reference-status]");
  const contents = document.querySelector(".reference-contents");
  const groups = [...document.querySelectorAll("[data-reference-group]")];
  const before = groups.map((group) => group.querySelector("details").open);

  function filter() {
    const text = search.value.trim().toLowerCase();
    let count = 0;
    groups.forEach((group, position) => {
      let found = 0;
      for (const item of group.querySelectorAll("[data-reference-item]")) {
        const matches = `${item.dataset.referenceItem} ${item.textContent}`.toLowerCase().includes(text);
        item.hidden = !matches;
        if (matches) found += 1;
      }
      group.hidden = found === 0;
      group.querySelector("details").open = text ? found > 0 : before[position];
      count += found;
    });
    if (status) status.textContent = text ? `${count} operation${count === 1 ? "" : "s"}` : "";
  }

  search.addEventListener("input", () => {
    filter();
    // On narrow screens, the contents are folded.
    contents.open = true;
  });
  // A slash moves to the search, as in other references.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    search.focus();
  });
  if (search.value) filter();
})();
