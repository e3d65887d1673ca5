"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words, byId = (id) => document.getElementById(id);
  const written = (digits) => new Intl.NumberFormat(data.language, { maximumFractionDigits: digits });
  const whole = written(0), one = written(1), two = written(2);
  const percent = new Intl.NumberFormat(data.language, { style: "percent" });

  // colours and classes are made where pictures are made, too
  const looks = data.looks, MARKS = looks.contracts, NONE = looks.none, MIXED = looks.mixed;
  const GONE = new Set(["closed", "moved", "uncontracted"]);

  const all = "all", state = { specialty: all, period: data.periods.length - 1, layer: "within", mark: "contract", lines: true };
  const key = () => state.specialty + "/" + state.period;
  /** Colours of municipalities, and flows, of a specialty and period: most of the page, each read when first asked for. */
  const parts = new Map();
  function partOf(name) {
    if (!parts.has(name)) parts.set(name, JSON.parse(document.querySelector('[data-part="' + name + '"]').textContent));
    return parts.get(name);
  }
  const chosen = () => (state.specialty === all ? data.specialties.map((_, n) => n) : [Number(state.specialty)]);

  /* ---- outlines ---- */
  const arcs = data.arcs.map((line) => {
    const points = [];
    let x = 0, y = 0;
    for (let k = 0; k < line.length; k += 2) { x += line[k]; y += line[k + 1]; points.push(L.latLng(y / data.scale, x / data.scale)); }
    return points;
  });
  const arcOf = (n) => (n >= 0 ? arcs[n] : [...arcs[~n]].reverse());
  const ringOf = (ring) => ring.flatMap((n, k) => (k ? arcOf(n).slice(1) : arcOf(n)));
  const shapes = data.polygons.map((polygons) => polygons.map((polygon) => polygon.map(ringOf)));
  const fromSeat = new Set(data.from_seat);

  /** Lines between two health regions, or at the edge: arcs whose territories are not of one region. */
  function borders() {
    const sides = arcs.map(() => []);
    data.polygons.forEach((polygons, i) => polygons.forEach((p) => p.forEach((r) => r.forEach((n) => sides[n >= 0 ? n : ~n].push(i)))));
    return arcs.filter((_, n) => !sides[n].some((i) => fromSeat.has(i)) && (sides[n].length < 2 || data.region_of[sides[n][0]] !== data.region_of[sides[n][1]]));
  }

  /* ---- classes ---- */
  const signed = new Intl.NumberFormat(data.language, { maximumFractionDigits: 0, signDisplay: "exceptZero" });
  const saying = {
    percent: (v) => percent.format(v),
    points: (v) => signed.format(100 * v) + " " + words.points,
    minutes: (v) => whole.format(v) + " " + words.minutes,
    decimal: (v) => two.format(v),
    number: (v) => one.format(v),
  };
  function scale() {
    const look = looks.layers[state.layer];
    return { cuts: data.cuts[key()][state.layer], colours: look.colours, say: saying[look.kind] };
  }
  const classOf = (value, cuts) => cuts.filter((cut) => value >= cut).length;
  const colourOf = (value, s) => (value === null || value === undefined ? NONE : s.colours[classOf(value, s.cuts)]);

  /* ---- sites ---- */
  /** Open and closing services by site of what is chosen. */
  function bySite() {
    const found = new Map();
    for (const s of chosen()) for (const row of data.services[s + "/" + state.period]) {
      const [site, contract, size, capacity, cases, change, since] = row;
      if (!found.has(site)) found.set(site, []);
      found.get(site).push({ specialty: s, contract, size, capacity, cases, change, since });
    }
    return found;
  }
  const open = (services) => services.filter((s) => !GONE.has(s.change));
  const sum = (rows, name) => rows.reduce((total, row) => total + (row[name] || 0), 0);
  function markOf(services) {
    const running = open(services);
    if (!running.length) return { colour: "#ffffff", used: null };
    const used = sum(running, "capacity") ? sum(running, "cases") / sum(running, "capacity") : null;
    if (state.mark === "used") return { colour: used === null ? NONE : looks.use.colours[classOf(used, looks.use.cuts)], used };
    const contracts = new Set(running.map((s) => s.contract));
    return { colour: contracts.size > 1 ? MIXED : colourOfContract([...contracts][0]), used };
  }
  /** Colours go to the contracts that any period of the plan uses, in the order of the workbook. */
  const inUse = [...new Set(Object.values(data.services).flat().filter((row) => !GONE.has(row[5])).map((row) => row[1]))].sort((a, b) => a - b);
  const colourOfContract = (contract) => MARKS[inUse.indexOf(contract) % MARKS.length];
  /** How a hospital is outlined: what runs today is thin, what changes is thick, what closes is dashed. */
  function strokeOf(services) {
    if (!open(services).length) return { color: "#1d2733", weight: 1.5, dashArray: "2 2" };
    return services.some((s) => s.change !== "kept" && !GONE.has(s.change)) ? { color: "#101828", weight: 3 } : { color: "#344054", weight: 1 };
  }
  const fullRadius = (services) => Math.max(4, Math.min(16, state.specialty === all ? 3 + 1.6 * open(services).length : 3 + Math.sqrt(sum(open(services), "capacity")) / 6));

  /** Hospitals grow as the reader comes nearer, and begin the smaller the more there are. */
  const radiusOf = (services) => fullRadius(services) * Math.min(1.3, Math.max(0.3, Math.sqrt(80 / data.sites.length)) * 1.25 ** (map.getZoom() - nearness));

  /* ---- the map ---- */
  const map = L.map("map", { preferCanvas: data.polygons.length > 600, zoomSnap: 0.25, attributionControl: false, minZoom: 3, maxZoom: 12 });
  const edge = { color: "#ffffff", weight: 0.6, fillOpacity: 0.95 };
  const edgeOf = (i) => (fromSeat.has(i) ? { ...edge, dashArray: "3 3", color: "#667085" } : edge);
  const areas = shapes.map((shape, i) => (shape.length ? L.polygon(shape, edgeOf(i)) : null));
  const order = [...areas.keys()].sort((a, b) => fromSeat.has(a) - fromSeat.has(b));
  const drawn = areas.filter(Boolean), spots = data.site_points.filter((p) => p[0] !== null).map((p) => [p[1], p[0]]);
  const extent = drawn.length ? L.featureGroup(drawn).getBounds() : spots.length ? L.latLngBounds(spots).pad(0.2) : L.latLngBounds([[-10, -60], [10, -40]]);
  // the view first: what is added before it waits for it in a list that grows with each
  map.fitBounds(extent, { padding: [10, 10] });
  const nearness = map.getZoom(), rowOf = new Map(areas.map((area, i) => [area, i]));
  const places = L.featureGroup(order.map((i) => areas[i]).filter(Boolean)).addTo(map);
  places.on("click", (event) => showTerritory(rowOf.get(event.layer)));
  places.bindTooltip((area) => tip(data.territories[rowOf.get(area)], territoryLine(rowOf.get(area))), { sticky: true });
  L.polyline(borders(), { color: "#475467", weight: 1.3, interactive: false }).addTo(map);
  const flows = L.layerGroup().addTo(map), sites = L.layerGroup().addTo(map), marked = L.layerGroup().addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const placeOf = (site) => (data.site_points[site][0] === null ? null : [data.site_points[site][1], data.site_points[site][0]]);
  const seatOf = (i) => (data.seats[i][0] === null ? (areas[i] ? areas[i].getBounds().getCenter() : null) : [data.seats[i][1], data.seats[i][0]]);

  function tip(title, line) {
    const box = document.createElement("div");
    box.append(element("strong", title), element("br"), document.createTextNode(line));
    return box;
  }
  function element(name, text, kind) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }
  function territoryLine(i) {
    const value = partOf(key()).layers[state.layer][i];
    return words.layers[state.layer][0] + ": " + (value === null ? words.not_drawn : scale().say(value));
  }
  function siteLine(services) {
    const running = open(services);
    if (!running.length) return words.closed;
    return running.map((s) => (state.specialty === all ? data.specialties[s.specialty] : data.contracts[s.contract]) + " · " + s.size).join(", ");
  }

  function draw() {
    const s = scale(), values = partOf(key()).layers[state.layer];
    areas.forEach((area, i) => area && area.setStyle({ fillColor: colourOf(values[i], s) }));
    drawFlows();
    drawSites();
    legend(s);
  }
  function drawFlows() {
    flows.clearLayers();
    if (!state.lines || state.specialty === all) return;
    const rows = partOf(key()).flows.filter((row) => row[1] >= 0), largest = Math.max(1, ...rows.map((row) => row[2]));
    for (const [i, site, cases] of rows) {
      const from = seatOf(i), to = placeOf(site);
      if (from && to) L.polyline([from, to], { color: "#1d2733", opacity: 0.55, weight: 0.5 + 4 * Math.sqrt(cases / largest), interactive: false }).addTo(flows);
    }
  }
  /** Where each hospital is drawn: those at one place (a seat, mostly) stand side by side around it, whatever the zoom. */
  function spread(rows) {
    const groups = new Map(), found = new Map();
    for (const [site, services] of rows) {
      const at = placeOf(site);
      if (at) groups.set(at.join(), [...(groups.get(at.join()) || []), [site, at, radiusOf(services)]]);
    }
    for (const group of groups.values()) {
      const middle = map.latLngToLayerPoint(group[0][1]), wide = group.reduce((total, each) => total + 2 * each[2] + 3, 0);
      const away = group.length === 1 ? 0 : group.length === 2 ? wide / 4 : wide / (2 * Math.PI);
      let turned = 0;
      for (const [site, , radius] of group) {
        const angle = ((turned + radius + 1.5) / wide) * 2 * Math.PI;
        turned += 2 * radius + 3;
        found.set(site, map.layerPointToLatLng(middle.add([away * Math.cos(angle), away * Math.sin(angle)])));
      }
    }
    return found;
  }
  function drawSites() {
    sites.clearLayers();
    const rows = [...bySite()].sort((a, b) => radiusOf(b[1]) - radiusOf(a[1])), places = spread(rows);
    for (const [site, services] of rows) {
      const at = places.get(site);
      if (!at) continue;
      const style = { radius: radiusOf(services), fillColor: markOf(services).colour, fillOpacity: 1, ...strokeOf(services) };
      L.circleMarker(at, style).on("click", () => showSite(site)).bindTooltip(() => tip(data.sites[site], siteLine(services))).addTo(sites);
    }
  }

  /* ---- legend and details ---- */
  function item(list, colour, text, kind) {
    const row = element("li"), mark = element("i", undefined, kind);
    mark.style.background = colour;
    row.append(mark, document.createTextNode(text));
    list.append(row);
    return mark;
  }
  function legend(s) {
    const box = byId("legend"), list = element("ul"), marks = element("ul");
    const [name, meaning] = words.layers[state.layer], texts = s.cuts.map(s.say);
    s.colours.forEach((colour, k) => item(list, colour, k === 0 ? "< " + texts[0] : k === s.cuts.length ? "≥ " + texts[k - 1] : texts[k - 1] + " – " + texts[k]));
    item(list, NONE, words.not_drawn);
    if (state.mark === "contract") {
      const used = new Set([...bySite().values()].flatMap((rows) => open(rows).map((r) => r.contract)));
      for (const c of [...used].sort((a, b) => a - b)) item(marks, colourOfContract(c), data.contracts[c], "dot");
      if (state.specialty === all) item(marks, MIXED, words.several_contracts, "dot");
    } else [...looks.use.cuts, null].forEach((cut, k, cuts) => item(marks, looks.use.colours[k], (cut === null ? "≥ " + percent.format(cuts[k - 1]) : "< " + percent.format(cut)), "dot"));
    item(marks, "#ffffff", words.changes.new + ", " + words.changes.enlarged + ", " + words.changes.converted, "dot").style.borderWidth = "3px";
    item(marks, "#ffffff", words.closed, "dot").style.borderStyle = "dashed";
    box.replaceChildren(element("h2", name), element("small", meaning), list, marks);
  }
  function show(...parts) {
    byId("details").replaceChildren(...parts);
  }
  function halo(at) {
    marked.clearLayers();
    if (at) L.circleMarker(at, { radius: 20, color: "#1f6feb", weight: 3, fill: false, interactive: false }).addTo(marked);
  }
  function showTerritory(i) {
    const list = element("ul");
    for (const s of chosen()) {
      const rows = partOf(s + "/" + state.period).flows.filter((row) => row[0] === i).sort((a, b) => b[2] - a[2]);
      if (!rows.length) continue;
      const total = rows.reduce((sum, row) => sum + row[2], 0), entry = element("li");
      entry.append(element("strong", data.specialties[s]), document.createTextNode(" · " + one.format(total) + " " + words.cases));
      if (data.standards[s] !== null) entry.append(document.createTextNode(" · " + words.standard.replace("{minutes}", whole.format(data.standards[s]))));
      for (const [, site, cases, minutes] of rows) {
        const share = total ? percent.format(cases / total) : "";
        entry.append(element("br"), document.createTextNode(site < 0 ? share + " " + words.sent_away : share + " " + data.sites[site] + ", " + whole.format(minutes) + " " + words.minutes));
      }
      list.append(entry);
    }
    const people = data.population[i] === null ? "" : whole.format(data.population[i]) + " " + words.people + " · ";
    const head = element("p", people + words.region + ": " + data.regions[data.region_of[i]] + (fromSeat.has(i) ? " · " + words.from_seat : ""));
    show(element("h2", data.territories[i]), head, element("h3", words.treated_at), list);
    halo(seatOf(i));
  }
  function showSite(site) {
    const table = element("table"), services = [];
    data.specialties.forEach((_, s) => data.services[s + "/" + state.period].filter((row) => row[0] === site).forEach((row) => services.push([s, row])));
    for (const [s, [, contract, size, capacity, cases, change, since]] of services) {
      const row = element("tr"), what = element("td"), use = element("td", undefined, "n");
      what.append(element("strong", data.specialties[s] + " · " + size), element("br"), document.createTextNode((contract < 0 ? "" : data.contracts[contract] + ", ") + (words.changes[change] || words.closed) + (since ? ", " + words.from + " " + since : "")));
      use.append(document.createTextNode(whole.format(cases) + " / " + whole.format(capacity)), element("br"), document.createTextNode(capacity ? percent.format(cases / capacity) + " " + words.used : ""));
      row.append(what, use);
      table.append(row);
    }
    const home = data.site_territory[site];
    show(element("h2", data.sites[site]), element("p", (home < 0 ? "" : data.territories[home] + " · ") + words.cases + " / " + words.capacity), services.length ? table : element("p", words.nothing_open));
    halo(placeOf(site));
  }

  /* ---- picture of what is drawn ---- */
  function picture() {
    const size = map.getSize(), name = "http://www.w3.org/2000/svg", parts = [];
    const at = (p) => { const q = map.latLngToContainerPoint(p); return q.x.toFixed(1) + " " + q.y.toFixed(1); };
    const s = scale(), values = partOf(key()).layers[state.layer];
    for (const i of order) if (areas[i]) {
      const path = shapes[i].flatMap((rings) => rings.map((ring) => "M" + ring.map(at).join("L") + "Z")).join("");
      parts.push('<path d="' + path + '" fill="' + colourOf(values[i], s) + '" fill-rule="evenodd" stroke="#fff" stroke-width=".6"/>');
    }
    parts.push('<path d="' + borders().map((line) => "M" + line.map(at).join("L")).join("") + '" fill="none" stroke="#475467" stroke-width="1.3"/>');
    flows.eachLayer((line) => parts.push('<path d="M' + line.getLatLngs().map(at).join("L") + '" stroke="#1d2733" stroke-opacity=".55" stroke-width="' + line.options.weight.toFixed(2) + '"/>'));
    sites.eachLayer((mark) => { const p = map.latLngToContainerPoint(mark.getLatLng()); parts.push('<circle cx="' + p.x + '" cy="' + p.y + '" r="' + mark.options.radius.toFixed(1) + '" fill="' + mark.options.fillColor + '" stroke="' + mark.options.color + '" stroke-width="' + mark.options.weight + '"/>'); });
    return '<svg xmlns="' + name + '" width="' + size.x + '" height="' + size.y + '" viewBox="0 0 ' + size.x + " " + size.y + '"><rect width="100%" height="100%" fill="#fff"/>' + parts.join("") + "</svg>";
  }
  function save(blob, name) {
    const link = element("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  const svgBlob = () => new Blob([picture()], { type: "image/svg+xml" });
  byId("svg").addEventListener("click", () => save(svgBlob(), "map.svg"));
  byId("png").addEventListener("click", () => {
    const image = new Image(), size = map.getSize(), canvas = element("canvas");
    image.onload = () => {
      canvas.width = 2 * size.x;
      canvas.height = 2 * size.y;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, "map.png"));
    };
    image.src = URL.createObjectURL(svgBlob());
  });

  /* ---- controls ---- */
  const fill = (id, names, first) => {
    const select = byId(id);
    if (first) select.append(new Option(first, all));
    names.forEach((name, n) => select.append(new Option(name, String(n))));
  };
  fill("specialty", data.specialties, words.all);
  byId("period").append(new Option(words.today, "today"));
  fill("period", data.periods);
  byId("period").value = String(state.period);
  for (const id of ["specialty", "period", "layer", "mark"]) byId(id).addEventListener("change", (event) => { state[id] = event.target.value; draw(); });
  byId("lines").addEventListener("change", (event) => { state.lines = event.target.checked; draw(); });
  const names = () => byId("names").append(...data.territories.concat(data.sites).map((name) => new Option(name)));
  byId("find").addEventListener("focus", names, { once: true });
  byId("find").addEventListener("change", (event) => {
    const name = event.target.value.trim(), i = data.territories.indexOf(name), site = data.sites.indexOf(name);
    const at = i >= 0 ? seatOf(i) : site >= 0 ? placeOf(site) : null;
    if (i >= 0) showTerritory(i); else if (site >= 0) showSite(site);
    if (at) map.setView(at, Math.max(map.getZoom(), 7));
  });
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  map.on("zoomend", drawSites);
  draw();
  document.body.dataset.drawn = String(drawn.length);
}());
