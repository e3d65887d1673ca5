"use strict";
// Who is treated where: municipalities found by name, page by page.
(() => {
  const words = document.body.dataset;
  const box = document.getElementById("place"), body = document.querySelector("#places-table tbody");
  const found = document.getElementById("places-found"), more = document.getElementById("places-more");
  let page = 0, asked = 0;

  function row(kind, cells) {
    const made = document.createElement("tr");
    for (const [n, text] of cells.entries()) {
      const cell = document.createElement(kind);
      cell.textContent = text;
      if (n > 1) cell.className = "number";
      made.append(cell);
    }
    return made;
  }

  function show(place) {
    const head = document.createElement("tr"), name = document.createElement("th");
    name.colSpan = 4;
    name.scope = "rowgroup";
    name.textContent = `${place.name} · ${place.region}`;
    head.append(name);
    body.append(head, row("th", [words.wSpecialty, words.wSite, words.wCases, words.wMinutes]));
    for (const [specialty, site, cases, minutes] of place.rows) {
      body.append(row("td", [specialty, site || words.wSentAway, cases, minutes || "–"]));
    }
  }

  async function look(next) {
    const mine = (asked += 1);
    page = next ? page + 1 : 0;
    const query = `&name=${encodeURIComponent(box.value)}&page=${page}`;
    const answer = await fetch(box.dataset.places + query);
    if (!answer.ok || mine !== asked) return;
    const told = await answer.json();
    if (!next) body.replaceChildren();
    told.places.forEach(show);
    found.textContent = words.wFoundPlaces.replace("{count}", told.found.toLocaleString(words.language));
    more.hidden = (page + 1) * 20 >= told.found;
  }

  let waiting;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => (box.value.trim() ? look(false) : body.replaceChildren()), 150);
  });
  more.addEventListener("click", () => look(true));
})();
