// The last step of bundling. For each door Trunk runs it on the files it is about to publish: it tells the service worker
// which of them to keep. Once for all (`node app/finish.mjs dist/quick`) it adds what the doors share. In a release build
// every file worth compressing gets a Brotli and a gzip copy beside it.

import { createHash } from "node:crypto";
import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** What compresses; pictures are compressed already. */
const TEXT = /\.(html|js|css|wasm|svg|json|webmanifest|txt)$/;

/** Fills in the version and the file list of the door's service worker. */
function listForOffline(folder) {
  const kept = readdirSync(folder).filter((name) => /\.(js|css|wasm|svg)$/.test(name) && name !== "sw.js").sort();
  const version = createHash("sha256");
  // The names carry hashes of the contents; only the page and the worker itself do not.
  for (const name of kept) version.update(name);
  for (const name of ["index.html", "sw.js"]) version.update(readFileSync(join(folder, name)));
  const worker = join(folder, "sw.js");
  const text = readFileSync(worker, "utf8")
    .replace("__VERSION__", version.digest("hex").slice(0, 16))
    .replace('["__FILES__"]', JSON.stringify(kept));
  writeFileSync(worker, text);
}

/** Compresses once, at the highest level, so that the edge never has to. */
function precompress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (TEXT.test(entry.name)) {
      const bytes = readFileSync(path);
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  }
}

/** Adds what the doors share: the page where one chooses a door, icons. */
function addShared(folder) {
  cpSync("public/root", folder, { recursive: true });
  if (folder.endsWith("release")) precompress(folder);
}

const { TRUNK_STAGING_DIR: door, TRUNK_PROFILE: profile } = process.env;
if (door) {
  listForOffline(door);
  if (profile === "release") precompress(door);
} else {
  addShared(process.argv[2]);
}
