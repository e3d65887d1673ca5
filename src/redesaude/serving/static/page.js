"use strict";
// Forms are sent to the interface; what it made is shown, what it refuses is told.
(() => {
  const problem = document.getElementById("problem");

  function tell(text) {
    problem.textContent = text;
    problem.hidden = false;
  }

  async function reason(answer) {
    const type = answer.headers.get("content-type") || "";
    if (!type.startsWith("application/json")) return answer.text();
    const detail = (await answer.json()).detail;
    return Array.isArray(detail) ? detail.join("; ") : detail;
  }

  async function send(form) {
    const button = form.querySelector("button");
    button.disabled = true;
    problem.hidden = true;
    try {
      const content = new FormData(form);
      if (form.dataset.with) content.set("seconds", document.getElementById(form.dataset.with).value);
      const answer = await fetch(form.action, { method: "POST", body: content });
      if (!answer.ok) {
        tell(`${document.body.dataset.wFailed} (${await reason(answer)})`);
        button.disabled = false;
        return;
      }
      const made = await answer.json();
      if (form.dataset.send === "reload") location.reload();
      else if (form.dataset.send !== "stay") location.assign(made.location);
    } catch (error) {
      tell(`${document.body.dataset.wFailed} (${error.message})`);
      button.disabled = false;
    }
  }

  // what is clicked in a picture presses its button in the table below
  for (const place of document.querySelectorAll("[data-press]")) {
    place.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(place.dataset.press).click();
    });
  }

  for (const form of document.querySelectorAll("form[data-send]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
})();
