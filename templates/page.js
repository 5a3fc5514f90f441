
"use strict";
// Everything here is for comfort: the page is complete without it.
(() => {
  const make = (tag, attributes, text) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // Light or dark, beside what the system says.
  const root = document.documentElement;
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (systemIsDark.matches ? "dark" : "light")) === "dark";
  const theme = make("button", { type: "button", class: "control" });
  const nameTheme = () => { theme.textContent = isDark() ? "Light colours" : "Dark colours"; };
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  });
  systemIsDark.addEventListener("change", nameTheme);
  nameTheme();
  document.getElementById("controls").append(theme);

  // A cell as a number: its exact value where it has one, else what its text says; NaN for words.
  const UNITS = { k: 1e3, M: 1e6, B: 1e9, T: 1e12 };
  const numberOf = (cell) => {
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const text = cell.textContent.trim().replace("\u2212", "-").replace(/[^\d.kMBT-]/g, "");
    const parts = /^(-?\d+(?:\.\d+)?)([kMBT]?)$/.exec(text);
    return parts ? Number(parts[1]) * (UNITS[parts[2]] ?? 1) : NaN;
  };

  // What is not known comes last, whichever way the others stand.
  const compare = (isNumeric, direction) => (one, other) => {
    if (!isNumeric) return direction * one.text.localeCompare(other.text, "en", { numeric: true });
    if (Number.isNaN(one.number) || Number.isNaN(other.number)) {
      return Number.isNaN(one.number) - Number.isNaN(other.number);
    }
    return direction * (one.number - other.number);
  };

  const sortBy = (table, head, place) => {
    const isNumeric = head.classList.contains("number");
    const before = head.getAttribute("aria-sort");
    const first = isNumeric ? "descending" : "ascending";
    const second = isNumeric ? "ascending" : "descending";
    const order = before === first ? second : first;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => {
      const cell = row.cells[place];
      return { row, text: cell.textContent.trim(), number: numberOf(cell) };
    });
    const hasNumbers = rows.some((entry) => !Number.isNaN(entry.number));
    rows.sort(compare(isNumeric && hasNumbers, order === "ascending" ? 1 : -1));
    body.append(...rows.map((entry) => entry.row));
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    Array.from(table.tHead.rows[0].cells).forEach((head, place) => {
      if (head.classList.contains("bar") || head.querySelector(".unseen")) return;
      const button = make("button", { type: "button" }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener("click", () => sortBy(table, head, place));
    });
  }

  // A search box above each long table.
  const LONG = 12;
  for (const table of document.querySelectorAll("table.sortable")) {
    const rows = Array.from(table.tBodies[0].rows);
    if (rows.length < LONG) continue;
    const frame = table.parentElement;
    const what = frame.getAttribute("aria-label");
    const box = make("input", {
      type: "search", class: "control", placeholder: "Filter rows", "aria-label": `Filter: ${what}`,
    });
    const told = make("span", { role: "status" });
    const bar = make("div", { class: "filter" });
    bar.append(box, told);
    frame.before(bar);
    const texts = rows.map((row) => row.textContent.toLowerCase());
    box.addEventListener("input", () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, place) => {
        const fits = words.every((word) => texts[place].includes(word));
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      told.textContent = words.length ? `${shown} of ${rows.length} rows; sums are of all` : "";
    });
  }
})();
