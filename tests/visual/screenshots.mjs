// Pictures of pages: light, dark, on a phone, and printed. Fails when a page says an error, loads
// anything, or is wider than a phone.
//
//     node --experimental-websocket tests/visual/screenshots.mjs FOLDER PAGE.html…
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./browser.mjs";

const [folder, ...pages] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await launch();
let faults = 0;
const fault = (text) => { faults += 1; console.error(`FAULT ${text}`); };
try {
  for (const page of pages) {
    const url = pathToFileURL(resolve(page)).href;
    const name = basename(page, ".html");
    const looks = [["light", {}], ["dark", { dark: true }], ["phone", { width: 390, height: 844 }]];
    for (const [look, options] of looks) {
      const tab = await browser.open(url, options);
      writeFileSync(join(folder, `${name}-${look}.png`), await tab.picture());
      const width = await tab.evaluate("document.documentElement.scrollWidth");
      if (width > (options.width ?? 1280)) fault(`${name} ${look}: ${width} pixels wide`);
      for (const text of tab.said) fault(`${name} ${look}: ${text}`);
      for (const request of tab.requests.filter((one) => one !== url)) fault(`${name} ${look}: loads ${request}`);
      if (look === "light") {
        console.log(`${name}: loaded in ${tab.milliseconds} ms`);
        const file = join(folder, `${name}-print`);
        writeFileSync(`${file}.pdf`, await tab.print());
        execFileSync("pdftoppm", ["-r", "60", "-png", `${file}.pdf`, file]);
      }
      await tab.close();
    }
  }
} finally {
  await browser.close();
}
process.exitCode = faults > 0 ? 1 : 0;
