// Copy and Print. Without this script the text can be marked and the browser prints.
"use strict";
for (const one of document.querySelectorAll(".copy[data-copy]")) {
  if (!navigator.clipboard) continue;
  one.hidden = false;
  one.addEventListener("click", async () => {
    const words = one.textContent;
    try {
      await navigator.clipboard.writeText(one.dataset.copy);
      one.textContent = "Copied";
    } catch {
      one.textContent = "Could not be copied; mark the text";
    }
    setTimeout(() => (one.textContent = words), 4000);
  });
}
for (const one of document.querySelectorAll(".print")) {
  one.hidden = false;
  one.addEventListener("click", () => window.print());
}
