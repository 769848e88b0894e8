// What the first page of each door weighs on the way: the page and every file it loads, each as Brotli sends it.
//
//   node app/sizes.mjs dist/release

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const folder = process.argv[2];

/** The page itself and what it names: style sheets, scripts, code. Icons and manifest are the system's to fetch, later. */
function filesOf(door) {
  const page = readFileSync(join(folder, door, "index.html"), "utf8");
  const named = [...page.matchAll(/(?:src|href)="?(\/[^"\s>]+\.(?:js|css|wasm|svg))/g)].map((found) => found[1]);
  return [`/${door}/index.html`, ...new Set(named)];
}

const kb = (bytes) => `${(bytes / 1000).toFixed(1).padStart(8)} KB`;

for (const door of ["field", "desk", "portal"]) {
  const rows = filesOf(door).map((name) => {
    const bytes = readFileSync(join(folder, name));
    return { name, raw: bytes.length, sent: brotliCompressSync(bytes).length };
  });
  const sum = (part) => rows.reduce((total, row) => total + row[part], 0);
  console.log(`\n${door.padEnd(48)}       raw     brotli`);
  for (const { name, raw, sent } of rows) console.log(`  ${name.padEnd(46)}${kb(raw)}${kb(sent)}`);
  console.log(`  ${"all".padEnd(46)}${kb(sum("raw"))}${kb(sum("sent"))}`);
}
