"use strict";
// How far jobs are: words, figures and a chart of plan and bound, as the server tells them.
(() => {
  const svg = document.getElementById("chart");
  const language = document.body.dataset.language;
  const width = 900, height = 240, left = 96, bottom = 28, top = 10, right = 14;
  const points = [];

  function element(name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // the newest values say what matters: a first plan far away does not flatten all that follows
  function range() {
    const plans = points.map((p) => p[1]).filter((v) => v !== null);
    const bounds = points.map((p) => p[2]).filter((v) => v !== null);
    const ends = [...plans.slice(-1), ...bounds.slice(-1)];
    if (!ends.length) return null;
    const low = Math.min(...ends), high = Math.max(...ends);
    const room = Math.max((high - low) * 2, Math.abs(high) * 0.02, 1e-9);
    return [Math.max(Math.min(...plans, ...bounds), low - room), Math.min(Math.max(...plans, ...bounds), high + room)];
  }

  function line(column, x, y, kind) {
    let path = "", before = null;
    for (const point of points) {
      if (point[column] === null) continue;
      const at = [x(point[0]), y(point[column])];
      path += before === null ? `M${at}` : `H${at[0]}V${at[1]}`;
      before = at;
    }
    if (before !== null) svg.append(element("path", { d: `${path}H${width - right}`, class: kind }));
  }

  function draw() {
    const ends = range();
    svg.replaceChildren();
    if (ends === null) return;
    const pad = Math.max((ends[1] - ends[0]) * 0.08, Math.abs(ends[1]) * 0.005) || 1;
    const low = ends[0] - pad, high = ends[1] + pad, last = Math.max(points[points.length - 1][0], 1);
    const x = (s) => left + ((width - left - right) * s) / last;
    const y = (v) => {
      const at = top + ((height - bottom - top) * (high - v)) / (high - low);
      return Math.min(Math.max(at, top), height - bottom);
    };
    const short = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 4 });
    for (let n = 0; n <= 3; n += 1) {
      const value = low + ((high - low) * n) / 3;
      svg.append(element("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), class: "grid" }));
      svg.append(element("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, short.format(value)));
    }
    for (const share of [0, 0.5, 1]) {
      const anchor = share === 1 ? "end" : share === 0 ? "start" : "middle";
      const text = share === 1 ? `${Math.round(last)} ${document.body.dataset.wTime}` : String(Math.round(last * share));
      svg.append(element("text", { x: x(last * share), y: height - 8, "text-anchor": anchor }, text));
    }
    line(2, x, y, "bound");
    line(1, x, y, "plan");
    svg.dataset.points = points.length;
  }

  function show(told) {
    points.push(...told.points);
    document.getElementById("words").textContent = told.words;
    if (!svg) return;
    for (const name of ["plan", "bound", "gap"]) {
      if (told[name]) document.getElementById(name).textContent = told[name];
    }
    if (!told.over) document.getElementById("phase").textContent = told.phase;
    document.getElementById("time").textContent = told.time;
    draw();
  }

  for (const place of document.querySelectorAll("[data-events]")) {
    const source = new EventSource(place.dataset.events);
    source.onmessage = (event) => {
      const told = JSON.parse(event.data);
      if (place.id === "live") show(told);
      if (told.over) source.close();
      if ((told.over && "reload" in place.dataset) || (told.ready && "unread" in place.dataset)) {
        source.close();
        location.reload();
      }
    };
    // a server that is started again tells all of it anew
    source.onerror = () => { if (place.id === "live") points.length = 0; };
  }

  for (const place of document.querySelectorAll("[data-newer]")) {
    setInterval(async () => {
      try {
        const answer = await fetch(place.dataset.newer);
        if (answer.ok && (await answer.json()).job !== place.dataset.check) location.reload();
      } catch { /* the server is being started again: the next look may find it */ }
    }, 2000);
  }
})();
