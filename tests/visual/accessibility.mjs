// Runs axe-core over pages, light and dark, on a desk and on a phone; and tries sorting, filtering and
// the theme by hand and by keyboard. Fails on any serious or critical finding.
//
//     node --experimental-websocket tests/visual/accessibility.mjs AXE.js PAGE.html…
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./browser.mjs";

const [axe, ...pages] = process.argv.slice(2);
const source = readFileSync(axe, "utf8");
const browser = await launch();
let faults = 0;
const fault = (text) => { faults += 1; console.error(`FAULT ${text}`); };

// What a reader does: the largest first, then the smallest, and only some rows.
const tryTable = `(() => {
  const table = [...document.querySelectorAll("table.sortable")].sort((a, b) => b.rows.length - a.rows.length)[0];
  if (!table) return null;
  const heads = [...table.tHead.rows[0].cells];
  const place = heads.findIndex((head) => head.classList.contains("number") && head.querySelector("button"));
  if (place < 0) return null;
  const values = () => [...table.tBodies[0].rows].map((row) => row.cells[place].dataset.value).filter((value) => value !== undefined).map(Number);
  const button = heads[place].querySelector("button");
  button.focus();
  if (document.activeElement !== button) return "a title cannot be reached by keyboard";
  button.click();
  const falling = values();
  const said = heads[place].getAttribute("aria-sort");
  button.click();
  const rising = values();
  const inOrder = (list, sign) => list.every((value, at) => at === 0 || sign * (value - list[at - 1]) >= 0);
  if (said !== "descending" || !inOrder(falling, -1) || !inOrder(rising, 1)) return "sorting goes wrong";
  const box = table.parentElement.previousElementSibling?.querySelector?.("input[type=search]");
  if (!box) return null;
  const rows = table.tBodies[0].rows.length;
  box.value = table.tBodies[0].rows[0].textContent.trim().slice(0, 6);
  box.dispatchEvent(new Event("input"));
  const shown = [...table.tBodies[0].rows].filter((row) => !row.hidden).length;
  if (shown < 1 || shown > rows) return "filtering goes wrong";
  box.value = "no row says this"; box.dispatchEvent(new Event("input"));
  if ([...table.tBodies[0].rows].some((row) => !row.hidden)) return "filtering leaves rows";
  box.value = ""; box.dispatchEvent(new Event("input"));
  return null;
})()`;

const tryTheme = `(() => {
  const ground = () => getComputedStyle(document.body).backgroundColor;
  const before = ground();
  document.querySelector("#controls button").click();
  return ground() === before ? "the theme does not change" : null;
})()`;

try {
  for (const page of pages) {
    const url = pathToFileURL(resolve(page)).href;
    for (const [look, options] of [["light", {}], ["dark", { dark: true }], ["phone", { width: 390, height: 844 }]]) {
      const tab = await browser.open(url, options);
      const name = `${basename(page)} ${look}`;
      await tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
      // The script is not the page's own: it is put in by the debugger, past the policy.
      await tab.evaluate(`${source}; undefined`);
      const found = JSON.parse(await tab.evaluate("axe.run({ resultTypes: ['violations'] }).then((result) => JSON.stringify(result.violations.map((one) => ({ id: one.id, impact: one.impact, help: one.help, nodes: one.nodes.length, first: one.nodes[0].html.slice(0, 160) }))))"));
      for (const one of found) {
        const text = `${name}: ${one.impact} ${one.id}, ${one.nodes} times: ${one.help}: ${one.first}`;
        if (one.impact === "serious" || one.impact === "critical") fault(text); else console.log(text);
      }
      for (const trial of [tryTable, tryTheme]) {
        const wrong = await tab.evaluate(trial);
        if (wrong) fault(`${name}: ${wrong}`);
      }
      for (const text of tab.said) fault(`${name}: ${text}`);
      console.log(`${name}: ${found.length} findings`);
      await tab.close();
    }
  }
} finally {
  await browser.close();
}
process.exitCode = faults > 0 ? 1 : 0;
