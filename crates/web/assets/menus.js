// Menus close when the focus or a click goes elsewhere, and with Escape.
(() => {
  "use strict";
  for (const menu of document.querySelectorAll("details.dropdown, details.menu")) {
    const close = () => { menu.open = false; };
    addEventListener("click", (event) => { if (!menu.contains(event.target)) close(); });
    menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(); });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      close();
      menu.querySelector("summary").focus();
    });
  }
})();
