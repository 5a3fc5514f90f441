// Moves the what-if panel of a page in a real browser and compares every bill it shows with what the
// command it prints says: node --experimental-websocket tests/visual/what_if.mjs LLMCOST [LOG …]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { launch } from "./browser.mjs";

const [program, ...named] = process.argv.slice(2);
if (!program) throw new Error("usage: what_if.mjs LLMCOST [LOG …]");
const logs = named.length ? named : ["fixtures/gate/before.jsonl.gz"];

/** Settings to try: values of the ranges by name; a cap is the place of a stop. */
const tries = [
  {},
  { cache: 95 },
  { cache: 0 },
  { tier: 40 },
  { cap: 0 },
  { batch: 37 },
  { discount: 30 },
  { cache: 91, tier: 60, cap: 1, batch: 23, discount: 7 },
  { cache: 50, tier: 100, cap: 0, batch: 100, discount: 99 },
];

/** Sets the controls of a page as a hand would, and says what the panel then shows. */
const move = (settings) => `(() => {
  const settings = ${JSON.stringify(settings)};
  for (const name of ["cache", "tier", "cap", "batch", "discount"]) {
    const box = document.getElementById("what-if-" + name);
    if (!box) continue;
    const check = box.querySelector("[type=checkbox]");
    if (check.checked !== name in settings) check.click();
    if (!(name in settings)) continue;
    const range = box.querySelector("[type=range]");
    range.value = Math.min(settings[name], Number(range.max));
    range.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const text = (id) => document.getElementById(id).textContent;
  return { bill: text("what-if-bill"), change: text("what-if-change"), command: text("what-if-command") };
})()`;

/** Decimal text of dollars with this many decimals, half to even. */
const rounded = (text, decimals) => {
  const [whole, rest = ""] = text.split(".");
  const digits = BigInt(whole + rest.padEnd(18, "0"));
  const unit = 10n ** BigInt(18 - decimals);
  const left = digits % unit;
  let number = digits / unit;
  if (left * 2n > unit || (left * 2n === unit && number % 2n === 1n)) number += 1n;
  const all = number.toString().padStart(decimals + 1, "0");
  const dollars = all.slice(0, -decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  return `$${dollars}.${all.slice(-decimals)}`;
};

const folder = mkdtempSync(join(tmpdir(), "llmcost-what-if-"));
const browser = await launch();
let compared = 0;
try {
  for (const log of logs) {
    const file = join(folder, "page.html");
    execFileSync(program, ["analyze", log, "--quiet", "-o", file]);
    const page = await browser.open(pathToFileURL(file).href);
    for (const settings of tries) {
      const shown = await page.evaluate(move(settings));
      const command = Object.keys(settings).length ? shown.command : `llmcost simulate '${log}' --discount 0`;
      // The words of the command as a shell takes them apart.
      const words = `${command.replace(/^llmcost/, '"$0"')} --json --quiet`;
      const report = JSON.parse(execFileSync("sh", ["-c", words, program], { maxBuffer: 1 << 28 }));
      const decimals = shown.bill.split(".")[1].length;
      const projected = rounded(report.projected_usd, decimals);
      if (shown.bill !== projected) {
        throw new Error(`${log} ${JSON.stringify(settings)}: the page says ${shown.bill}, ${command} says ${projected}`);
      }
      compared += 1;
      console.log(`${shown.bill.padStart(14)} ${shown.change} · ${command}`);
    }
    if (page.said.length) throw new Error(`${log}: ${page.said.join("; ")}`);
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${compared} bills agree to the cent`);
