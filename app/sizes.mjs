// What the first page of each door weighs on the way: the page and every file it loads, each as Brotli sends it.
//
//   node app/sizes.mjs dist/release

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

/** What the doors that open on a phone, far from any Wi-Fi, may weigh all told. The desk has no such bound. */
const MOST = { field: 350_000, portal: 350_000 };

const kb = (bytes) => `${(bytes / 1000).toFixed(1).padStart(8)} KB`;

/** Prints a table for each door of what was built into the folder. */
export function sizes(folder) {
  for (const door of ["field", "desk", "portal"]) {
    const rows = filesOf(folder, door).map((name) => {
      const bytes = readFileSync(join(folder, name));
      return { name, raw: bytes.length, sent: brotliCompressSync(bytes).length };
    });
    const sum = (part) => rows.reduce((total, row) => total + row[part], 0);
    const bar = MOST[door] ? `   ${((100 * sum("sent")) / MOST[door]).toFixed(0)} % of ${MOST[door] / 1000} KB` : "";
    console.log(`\n${door.padEnd(48)}       raw     brotli`);
    for (const { name, raw, sent } of rows) console.log(`  ${name.padEnd(46)}${kb(raw)}${kb(sent)}`);
    console.log(`  ${"all".padEnd(46)}${kb(sum("raw"))}${kb(sum("sent"))}${bar}`);
  }
}

/** The page itself and what it names: style sheets, scripts, code. Icons and manifest are the system's to fetch, later. */
function filesOf(folder, door) {
  const page = readFileSync(join(folder, door, "index.html"), "utf8");
  const named = [...page.matchAll(/(?:src|href)="?(\/[^"\s>]+\.(?:js|css|wasm|svg))/g)].map((found) => found[1]);
  return [`/${door}/index.html`, ...new Set(named)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) sizes(process.argv[2]);
