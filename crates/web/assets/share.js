// Shows the buttons that share a link. They work with scripts only, so they are hidden until then.
(() => {
  "use strict";
  for (const box of document.querySelectorAll("[data-share]")) {
    const { share: url, shareTitle: title } = box.dataset;
    const status = box.querySelector("[data-share-status]");
    const native = box.querySelector("[data-share-native]");
    const copy = box.querySelector("[data-share-copy]");
    box.hidden = false;
    if (native && navigator.share) {
      native.hidden = false;
      // A person who cancels has not failed.
      native.addEventListener("click", () => navigator.share({ title, url }).catch(() => {}));
    }
    const label = copy.textContent;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(url);
        copy.textContent = "Link copied";
        if (status) status.textContent = "Link copied";
        setTimeout(() => { copy.textContent = label; if (status) status.textContent = ""; }, 4000);
      } catch {
        // Without TLS there is no clipboard: the person copies from the address bar or the dialog.
        prompt("Copy this link:", url);
      }
    });
  }
})();
