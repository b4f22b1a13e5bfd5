// Comfort only: the page does all of its work without this file.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const one of document.querySelectorAll("details.pop[open]")) {
    one.open = false;
    one.firstElementChild.focus();
  }
});
