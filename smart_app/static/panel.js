// Sends a question without leaving the page. Without this script the same form is answered by a page.
"use strict";
const form = document.getElementById("ask");
const box = document.getElementById("q");
const log = document.querySelector(".log");
const list = log.querySelector("ol");
const said = document.getElementById("said");
const ACCEPT = "application/vnd.chairtime.fragment+html";
const FAILED = "The question could not be sent. Try again, or reload the page.";
let busy = false;

function unhide(root) {
  for (const one of root.querySelectorAll(".copy[hidden]")) one.hidden = false;
}

// Where the talk scrolls by itself the page stays; else the page goes to the question.
function show(question) {
  if (log.scrollHeight > log.clientHeight + 1) log.scrollTop += question.getBoundingClientRect().top - log.getBoundingClientRect().top;
  else question.scrollIntoView();
}

function add(html) {
  const got = document.createElement("template");
  got.innerHTML = html;
  document.getElementById("panel-last")?.removeAttribute("id");
  document.getElementById("next").replaceWith(got.content.getElementById("next"));
  const question = got.content.firstElementChild;
  unhide(got.content);
  list.append(got.content);
  form.querySelector(".clear").hidden = false;
  log.querySelector(".hint")?.remove();
  show(question);
}

async function ask(choice) {
  const data = new URLSearchParams(new FormData(form));
  if (choice) data.set("choice", choice);
  busy = true;
  said.textContent = "Looking it up";
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: ACCEPT } });
    const kind = answer.headers.get("Content-Type") || "";
    const text = await answer.text();
    if (answer.ok && kind.startsWith(ACCEPT)) {
      add(text);
      if (!choice) box.value = "";
      said.textContent = "Answer added";
    } else said.textContent = kind.startsWith("text/plain") ? text : FAILED;
  } catch {
    said.textContent = FAILED;
  }
  busy = false;
  box.focus({ preventScroll: true });
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A frame inside an EHR may not use the clipboard; the old way still works there.
    const held = document.createElement("textarea");
    held.value = text;
    log.append(held);
    held.select();
    document.execCommand("copy");
    held.remove();
    button.focus();
  }
  said.textContent = "Copied";
}

form.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  if (!busy) ask(event.submitter?.name === "choice" ? event.submitter.value : "");
});
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".go"));
});
log.addEventListener("click", (event) => {
  if (event.target.matches(".copy")) copy(event.target);
});
unhide(log);
log.scrollTop = log.scrollHeight;
