"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { kinds, meanings, scores, documents, matches } = data;
  const QUOTATION = kinds.indexOf("quotation"), BOILERPLATE = kinds.indexOf("boilerplate"), EDITED = kinds.indexOf("edited");
  const names = matches.map((match) => match.sides.map((side) => documents[side].join(" ")).join(" ").toLocaleLowerCase());
  const byKey = new Map(matches.map((match, number) => [match.key, number]));
  const list = document.getElementById("list"), view = document.getElementById("view");
  const written = document.getElementById("written"), table = document.getElementById("table");
  const counting = { quotation: false, boilerplate: false };
  let order = matches.map((_, number) => number); // the rows shown, from the first to the last
  let current = -1, passage = -1, back = 0, limit = 200;

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child != null));
    return element;
  }
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const name = (text) => make("bdi", {}, text);
  const textOf = (number) => document.getElementById(`t-${number}`).textContent;
  const percent = (share) => `${Math.round(100 * share)} %`;

  // What is switched on counts in the numerator; boilerplate that is not leaves the denominator too.
  function share(match, side) {
    const [all, content, covered, quoted, boilerplate] = match.words[side];
    const size = counting.boilerplate ? all : content;
    const shared = covered + (counting.quotation ? quoted : 0) + (counting.boilerplate ? boilerplate : 0);
    return size ? Math.min(1, shared / size) : 0;
  }

  /* One side of a match: its text, cut where passages and changed words begin and end. */
  function paint(match, side) {
    const text = textOf(match.sides[side]);
    const spans = match.passages.map((p, number) => ({ number, start: p[2 * side], end: p[2 * side + 1], kind: p[4] }));
    const changed = match.changes[side];
    const edges = new Set([0, text.length, ...changed]);
    for (const span of spans) edges.add(span.start).add(span.end);
    const cuts = [...edges].filter((edge) => edge <= text.length).sort((a, b) => a - b);
    const starts = [...spans].sort((a, b) => a.start - b.start);
    const labelled = new Set();
    let open = [], next = 0, change = 0, mark = null, markOf = "";
    const fragment = document.createDocumentFragment();
    for (let i = 0; i + 1 < cuts.length; i++) {
      const [from, to] = [cuts[i], cuts[i + 1]];
      open = open.filter((span) => span.end > from);
      while (next < starts.length && starts[next].start <= from) {
        if (starts[next].end > from) open.push(starts[next]);
        next++;
      }
      while (change < changed.length && changed[change + 1] <= from) change += 2;
      const part = text.slice(from, to);
      if (!open.length) {
        mark = null;
        markOf = "";
        fragment.append(part);
        continue;
      }
      // of passages that overlap the shortest is seen; boilerplate and quotations give way to what is evidence
      const top = open.reduce((best, span) => (weight(span) < weight(best) ? span : best));
      const key = open.map((span) => span.number).join(" ");
      if (key !== markOf) {
        const fresh = open.filter((span) => !labelled.has(span.number)).map((span) => span.number);
        fresh.forEach((number) => labelled.add(number));
        mark = make("mark", {
          class: `k-${kinds[top.kind]}`,
          "data-passages": ` ${key} `,
          "data-top": top.number,
          "data-n": fresh.length ? fresh.map((number) => number + 1).join(", ") : null,
        });
        fragment.append(mark);
        markOf = key;
      }
      const isChanged = top.kind === EDITED && change < changed.length && changed[change] <= from && to <= changed[change + 1];
      mark.append(isChanged ? make("b", { class: "changed" }, part) : part);
    }
    return fragment;
  }
  const weight = (span) => (span.kind >= QUOTATION ? 1e9 : 0) + span.end - span.start;

  function bar(match, side) {
    const picture = svg("svg", { width: 120, height: 8, "aria-hidden": "true" });
    picture.append(svg("rect", { width: 120, height: 8, rx: 4 }), svg("rect", { class: "filled", height: 8, rx: 4 }));
    const line = make("p", { class: "share", "data-side": side }, picture, make("span"));
    fill(line, match);
    return line;
  }
  function fill(line, match) {
    const side = Number(line.dataset.side), part = share(match, side);
    line.querySelector(".filled").setAttribute("width", 120 * part);
    line.querySelector("span").textContent = `${percent(part)} of its words are shared`;
  }

  function pane(match, side) {
    const [id, ...about] = documents[match.sides[side]];
    const word = side ? "Right" : "Left";
    const by = make("span", { class: "by" });
    about.filter(Boolean).forEach((part, number) => by.append(number ? " · " : "", name(part)));
    const text = make("div", { class: "text", dir: "auto", tabindex: "0", role: "region", "aria-label": `${word} text, ${id}` }, paint(match, side));
    text.addEventListener("click", (event) => {
      const mark = event.target.closest("mark");
      if (mark && current >= 0) choose(Number(mark.dataset.top), true);
    });
    return make("article", { class: "pane" }, make("h3", {}, make("span", { class: "by" }, word), name(id), by), bar(match, side), text);
  }

  function legend(match) {
    const present = new Set(match.passages.map((p) => p[4]));
    const items = [...present].sort((a, b) => a - b).map((kind) =>
      make("li", {}, make("span", { class: `swatch k-${kinds[kind]}` }, kinds[kind]), ` ${meanings[kind]}`));
    if (present.has(EDITED)) items.push(make("li", {}, make("b", { class: "changed" }, "changed words"), " of edited passages"));
    return make("ul", { class: "legend" }, ...items);
  }

  function scoreTable(match) {
    const head = ["Score", "Both", "Left", "Right", "What it means"];
    const row = ([label, meaning], number) => make("tr", {}, make("th", { scope: "row" }, label),
      ...match.scores[number].map((figure) => make("td", { class: label === "relations" ? null : "number" }, figure)), make("td", {}, meaning));
    return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Scores" }, make("table", { class: "plain" },
      make("thead", {}, make("tr", {}, ...head.map((label, i) => make("th", { scope: "col", class: i % 4 ? "number" : null }, label)))),
      make("tbody", {}, ...scores.map(row))));
  }

  function toggles() {
    const box = (kind, label) => make("label", {}, make("input", { type: "checkbox", class: `count-${kind}`, ...(counting[kind] ? { checked: true } : {}) }), ` ${label}`);
    const changes = make("input", { type: "checkbox", class: "mark-changes", ...(document.body.classList.contains("plainly") ? {} : { checked: true }) });
    return make("fieldset", { class: "counts" }, make("legend", {}, "Count as shared"), box("quotation", "quotations"), box("boilerplate", "boilerplate"),
      make("label", {}, changes, " mark changed words"));
  }

  /* All there is to see of a match; `whole`: with what moves through it. */
  function show(number, whole) {
    const match = matches[number], [left, right] = match.sides.map((side) => documents[side][0]);
    const badge = make("span", { class: `badge r-${match.relation.replace(" ", "_")}` }, match.relation);
    const heading = make("h2", { tabindex: "-1", id: whole ? "view-title" : null }, badge, " ", name(left), " and ", name(right));
    const parts = [
      heading,
      make("p", { class: "verdict" }, `${match.probability.toFixed(2)} probable that it is derived. Origin: `, name(match.origin), "."),
    ];
    const reasons = make("ul", { class: "reasons" }, ...match.reasons.map((reason) => make("li", {}, reason)));
    const linked = match.passages.length > 0;
    parts.push(linked ? reasons : make("div", { class: "unlinked" },
      make("p", {}, "No passage of one text stands in the other, so nothing is marked below. The verdict stands on this:"), reasons));
    if (whole && linked) {
      parts.push(make("div", { class: "bar" }, toggles()), make("div", { class: "bar" },
        make("button", { type: "button", onclick: () => move(-1) }, "← passage"),
        make("button", { type: "button", onclick: () => move(1) }, "passage →"),
        make("output", { id: "passage", "aria-live": "polite" }, `${match.passages.length} passages`),
        make("span", { class: "keys" }, make("kbd", {}, "←"), " ", make("kbd", {}, "→"), " move through the passages, with ", make("kbd", {}, "Shift"),
          " through the matches; ", make("kbd", {}, "Esc"), " leads back")));
    }
    parts.push(legend(match), make("div", { class: "panes" }, pane(match, 0), pane(match, 1)), make("h3", {}, "Scores"), scoreTable(match));
    return parts;
  }

  function openMatch(number, place) {
    if (current < 0) back = window.scrollY;
    current = number;
    passage = -1;
    const at = order.indexOf(number);
    const step = (by) => (at < 0 ? undefined : order[at + by]);
    const link = (label, to) => (to === undefined ? null : make("a", { href: `#m-${matches[to].key}` }, label));
    view.className = "view";
    view.replaceChildren(
      make("div", { class: "bar" }, make("a", { href: "#matches" }, "← All matches"), link("previous match", step(-1)), link("next match", step(1)),
        document.getElementById("evidence") && make("a", { href: "#evidence" }, "all that was measured"),
        make("span", { class: "note" }, at < 0 ? "" : `${at + 1} of ${order.length}`)),
      ...show(number, true));
    list.hidden = true;
    written.hidden = true;
    view.hidden = false;
    view.querySelector("h2").focus({ preventScroll: true });
    window.scrollTo(0, 0);
    if (place >= 0) choose(place, false);
  }

  function closeMatch() {
    if (current < 0) return;
    const link = table && table.querySelector(`tr[data-match="${current}"] a`);
    current = -1;
    view.hidden = true;
    view.replaceChildren();
    list.hidden = false;
    written.hidden = !written.childElementCount;
    if (link) link.focus({ preventScroll: true });
    window.scrollTo(0, back);
  }

  function move(by) {
    const count = matches[current].passages.length;
    if (count) choose(passage < 0 ? (by > 0 ? 0 : count - 1) : (passage + by + count) % count, true);
  }

  function choose(number, keep) {
    const match = matches[current];
    if (!(number < match.passages.length)) return;
    passage = number;
    for (const mark of view.querySelectorAll("mark")) mark.classList.toggle("on", mark.dataset.passages.includes(` ${number} `));
    for (const text of view.querySelectorAll(".text")) {
      const mark = text.querySelector("mark.on");
      if (!mark) continue;
      const place = mark.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop;
      text.scrollTop = place - text.clientHeight / 4;
    }
    view.querySelector(".panes").scrollIntoView({ block: "nearest" });
    document.getElementById("passage").textContent = `passage ${number + 1} of ${match.passages.length}, ${kinds[match.passages[number][4]]}`;
    if (keep) history.replaceState(null, "", `#m-${match.key}-p${number + 1}`);
  }

  function follow() {
    const found = /^#m-([0-9a-f]{12})(?:-p(\d+))?$/.exec(location.hash);
    if (found && byKey.has(found[1])) return openMatch(byKey.get(found[1]), found[2] ? Number(found[2]) - 1 : -1);
    const was = current >= 0;
    if (was) closeMatch();
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.tagName === "DETAILS") target.open = true;
    if (!was || target.id !== "matches") target.scrollIntoView();
  }

  function count(kind, on) {
    counting[kind] = on;
    document.body.classList.toggle(`counting-${kind}`, on);
    for (const input of document.querySelectorAll(`.count-${kind}`)) input.checked = on;
    for (const row of table.tBodies[0].rows) {
      const match = matches[row.dataset.match];
      [0, 1].forEach((side) => (row.cells[5 + side].textContent = percent(share(match, side))));
    }
    for (const part of document.querySelectorAll("[data-of]")) part.querySelectorAll(".share").forEach((line) => fill(line, matches[part.dataset.of]));
    if (current >= 0) view.querySelectorAll(".share").forEach((line) => fill(line, matches[current]));
    filter();
  }

  const filters = document.getElementById("filters"), more = document.getElementById("more");
  function showAll() {
    limit = Infinity;
    filter();
  }
  function filter() {
    const [find, relation, probability, coverage] = ["find", "relation", "probability", "coverage"].map((id) => document.getElementById(id).value);
    const wanted = find.toLocaleLowerCase().trim();
    order = [];
    for (const row of table.tBodies[0].rows) {
      const number = Number(row.dataset.match), match = matches[number];
      const fits = (!relation || match.relation === relation) && match.probability >= Number(probability)
        && 100 * Math.max(share(match, 0), share(match, 1)) >= Number(coverage) && names[number].includes(wanted);
      row.hidden = !fits || order.length >= limit;
      if (fits) order.push(number);
    }
    table.tBodies[0].classList.add("ready");
    more.hidden = order.length <= limit;
    more.textContent = `Show ${(order.length - limit).toLocaleString("en")} more`;
    document.getElementById("shown").textContent = `${order.length.toLocaleString("en")} of ${matches.length.toLocaleString("en")} matches`;
    writeOut(false);
  }

  const SORTS = {
    left: (match) => documents[match.sides[0]][0],
    right: (match) => documents[match.sides[1]][0],
    origin: (match) => match.origin,
    relation: (match) => match.order,
    probability: (match) => match.probability,
    "left-coverage": (match) => share(match, 0),
    "right-coverage": (match) => share(match, 1),
  };
  function sort(header) {
    const down = header.getAttribute("aria-sort") === "ascending";
    const value = SORTS[header.dataset.sort], body = table.tBodies[0];
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    const rows = [...body.rows].map((row) => [value(matches[row.dataset.match]), Number(row.dataset.match), row]);
    rows.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])) || a[1] - b[1]);
    for (const [, , row] of rows) body.append(row);
    filter();
  }

  function writeOut(on) {
    written.replaceChildren(...(on ? order.map((number) => make("section", { class: "view written", "data-of": number }, ...show(number, false))) : []));
    written.hidden = !on;
    if (on) written.scrollIntoView();
  }

  document.addEventListener("change", (event) => {
    const { classList, checked } = event.target;
    if (classList.contains("count-quotation")) count("quotation", checked);
    if (classList.contains("count-boilerplate")) count("boilerplate", checked);
    if (classList.contains("mark-changes")) document.body.classList.toggle("plainly", !checked);
  });
  document.addEventListener("keydown", (event) => {
    if (current < 0 || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input:not([type=checkbox]), select")) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by && event.shiftKey) {
      const to = order[order.indexOf(current) + by];
      if (to !== undefined) location.hash = `#m-${matches[to].key}`;
    } else if (by) move(by);
    else if (event.key === "Escape") location.hash = "#matches";
    else return;
    event.preventDefault();
  });
  if (table) {
    filters.hidden = false;
    document.body.classList.add("active");
    filters.addEventListener("input", (event) => event.target.type !== "checkbox" && filter());
    filters.addEventListener("submit", (event) => event.preventDefault());
    document.getElementById("write-out").addEventListener("click", () => writeOut(true));
    for (const header of table.tHead.rows[0].cells) {
      const button = make("button", { type: "button", onclick: () => sort(header) });
      button.append(...header.childNodes);
      header.append(button);
    }
    table.tBodies[0].addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (!event.target.closest("a") && !String(getSelection())) location.hash = `#m-${matches[row.dataset.match].key}`;
    });
    more.addEventListener("click", showAll);
    window.addEventListener("beforeprint", () => list.hidden || written.childElementCount || showAll());
    filter();
  }
  window.addEventListener("hashchange", follow);
  if (matches.length === 1 && location.hash.length < 2) history.replaceState(null, "", `#m-${matches[0].key}`);
  follow();
})();
