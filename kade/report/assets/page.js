// The list of the page: search, filters and detail, over data that stands in the page itself. No network, no library.
"use strict";
(() => {
  const list = document.getElementById("rows");
  if (!list) return;
  const { items, groups } = JSON.parse(document.getElementById("data").textContent);
  const search = document.getElementById("search");
  const group = document.getElementById("group");
  const kinds = [...document.querySelectorAll("input[name=kind]")];
  const count = document.getElementById("count");
  const more = document.getElementById("more");
  const PAGE = 200;
  // What is searched is as large as the page: made when the browser has time, at the latest at the first search.
  const text = (i) => [i.t, i.s, i.k, groups[i.g], i.m, i.l, i.d, i.j].flat(2).join("\n").toLowerCase();
  let made = null;
  const texts = () => (made ??= items.map(text));
  (window.requestIdleCallback || setTimeout)(texts);
  let found = [];
  let shown = 0;

  const element = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const differences = (changes, name) => {
    const scroll = element("div", "scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", `Changed properties of ${name}`);
    const table = element("table");
    const head = table.createTHead().insertRow();
    for (const title of ["Property", "Old", "New"]) {
      const cell = element("th", "", title);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const [path, sign, before, after, forces] of changes) {
      const row = body.insertRow();
      const name = element("th", { "+": "added", "-": "removed" }[sign] || "changed");
      name.scope = "row";
      name.append(element("code", "", path));
      if (forces) name.append(element("div", "replace", "forces replacement"));
      row.append(name);
      for (const [side, value] of [["Old", before], ["New", after]]) {
        const cell = element("td", value ? side.toLowerCase() : "");
        cell.dataset.head = side;
        if (value) cell.append(element("code", "", value));
        row.append(cell);
      }
    }
    scroll.append(table);
    return scroll;
  };

  const inside = (item) => {
    const box = element("div", "inside");
    for (const line of item.l || []) box.append(element("p", "", line));
    if (item.d) box.append(differences(item.d, `${item.t} ${item.s} ${groups[item.g]}`));
    if (item.j) box.append(element("pre", "", item.j));
    return box;
  };

  const row = (item, flat) => {
    const entry = element("li");
    entry.style.setProperty("--depth", flat ? 0 : item.p || 0);
    const open = item.l || item.d || item.j;
    const head = element(open ? "summary" : "div", open ? "" : "plain");
    head.append(element("span", `kind ${item.c || item.k}`, item.k), element("span", "name", item.t), " ");
    head.append(element("span", "type", item.s));
    if (flat && groups.length > 1) head.append(" ", element("span", "where", groups[item.g]));
    if (!open) {
      entry.append(head);
      return entry;
    }
    const details = element("details");
    details.append(head);
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(inside(item));
    });
    if (item.d) {
      details.open = true;
      details.append(inside(item));
    }
    entry.append(details);
    return entry;
  };

  const show = (until) => {
    const flat = search.value.trim() !== "" || kinds.some((k) => k.checked !== k.defaultChecked);
    const part = document.createDocumentFragment();
    for (; shown < Math.min(until, found.length); shown++) {
      const item = items[found[shown]];
      const before = shown ? items[found[shown - 1]] : null;
      if (!flat && groups.length > 1 && (!before || before.g !== item.g)) {
        const title = element("li");
        title.append(element("h3", "", groups[item.g]));
        part.append(title);
      }
      part.append(row(item, flat));
    }
    list.append(part);
    more.hidden = shown >= found.length;
    more.textContent = `Show ${Math.min(PAGE, found.length - shown)} more`;
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(kinds.filter((k) => k.checked).map((k) => k.value));
    const where = group ? group.value : "";
    found = [];
    for (let n = 0; n < items.length; n++) {
      if (!wanted.has(items[n].k)) continue;
      if (where !== "" && items[n].g !== Number(where)) continue;
      if (words.every((word) => texts()[n].includes(word))) found.push(n);
    }
    list.replaceChildren();
    shown = 0;
    show(PAGE);
    count.textContent = `${found.length} of ${items.length} shown`;
  };

  const remember = () => {
    const state = new URLSearchParams();
    if (search.value) state.set("q", search.value);
    if (group && group.value) state.set("in", group.value);
    const off = kinds.filter((k) => k.checked !== k.defaultChecked).map((k) => (k.checked ? "+" : "-") + k.value);
    if (off.length) state.set("kind", off.join(","));
    history.replaceState(null, "", state.size ? `#${state}` : location.pathname + location.search);
  };

  const recall = () => {
    if (!location.hash.includes("=")) return;
    const state = new URLSearchParams(location.hash.slice(1));
    search.value = state.get("q") || "";
    if (group && state.get("in")) group.value = state.get("in");
    for (const word of (state.get("kind") || "").split(",")) {
      const box = kinds.find((k) => k.value === word.slice(1));
      if (box) box.checked = word[0] === "+";
    }
  };

  let waiting = 0;
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      filter();
      try {
        remember();
      } catch {
        // a page opened from a file may not keep its state
      }
    }, 60);
  };
  search.addEventListener("input", changed);
  for (const control of [...kinds, ...(group ? [group] : [])]) control.addEventListener("change", changed);
  more.addEventListener("click", () => {
    const first = shown;
    show(shown + PAGE);
    const next = list.querySelectorAll("summary, .plain")[first];
    if (next) {
      if (next.tagName !== "SUMMARY") next.tabIndex = -1;
      next.focus();
    }
  });
  window.addEventListener("beforeprint", () => show(found.length));
  recall();
  filter();
})();
