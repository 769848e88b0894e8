// The doors' files over HTTP: types, deep links, caching, headers, and what must not be served.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Edge, FILES } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

/** The names of the files a door's page loads. */
async function filesOf(door) {
  const page = await (await edge.fetch(`/${door}/`)).text();
  return [...page.matchAll(/(?:src|href)="?(\/[a-z]+\/[^"\s>]+)/g)].map((found) => found[1]);
}

test("the edge is well and says that it is a build for tests", async () => {
  const { status, body } = await edge.api("GET", "health");
  assert.equal(status, 200);
  assert.deepEqual(body, { status: "ok", version: body.version, testing: true });
});

for (const door of ["field", "desk", "portal"]) {
  test(`${door}: page, deep link and files have their types`, async () => {
    for (const path of [`/${door}/`, `/${door}/some/where?x=1`, `/${door}/index.html`]) {
      const page = await edge.fetch(path);
      assert.equal(page.status, 200, path);
      assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
      assert.equal(page.headers.get("cache-control"), "no-cache");
    }
    const files = await filesOf(door);
    const kinds = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", wasm: "application/wasm" };
    for (const [ending, kind] of Object.entries(kinds)) {
      const file = files.find((name) => name.endsWith(`.${ending}`));
      const found = await edge.fetch(file);
      assert.equal(found.status, 200, file);
      assert.equal(found.headers.get("content-type"), kind);
      assert.match(found.headers.get("cache-control"), /immutable/);
    }
    const worker = await edge.fetch(`/${door}/sw.js`);
    assert.equal(worker.headers.get("cache-control"), "no-cache");
    assert.match(await worker.text(), /const VERSION = "[0-9a-f]{16}"/);
    const manifest = await edge.fetch(`/${door}/${door}.webmanifest`);
    assert.equal((await manifest.json()).scope, `/${door}/`);
  });

  test(`${door}: without its slash it is sent on`, async () => {
    const moved = await edge.fetch(`/${door}`);
    assert.equal(moved.status, 308);
    assert.equal(moved.headers.get("location"), `/${door}/`);
  });
}

test("every answer carries the strict policy", async () => {
  for (const path of ["/", "/field/", "/field/sw.js", "/api/v1/health", "/nowhere"]) {
    const { headers } = await edge.fetch(path);
    assert.match(headers.get("content-security-policy"), /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/, path);
    assert.doesNotMatch(headers.get("content-security-policy"), /unsafe-inline|unsafe-eval'? ?'?unsafe/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

test("pages carry no inline script or style", async () => {
  for (const path of ["/", "/field/", "/desk/", "/portal/"]) {
    const page = await (await edge.fetch(path)).text();
    assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/, path);
  }
});

test("what is no file of ours is not served", async () => {
  const paths = ["/nowhere", "/nowhere.js", "/field/nowhere.js", "/icons/", "/.built", "/field/..%2f.built", "/field/index.html.exe", "//field/index.html", "/api/v1/nowhere", "/api/"];
  for (const path of paths) {
    const found = await edge.fetch(edge.url + path);
    assert.equal(found.status, 404, path);
  }
});

test("files can only be read", async () => {
  const refused = await edge.fetch("/field/", { method: "POST", body: "x" });
  assert.equal(refused.status, 405);
  const head = await edge.fetch("/field/", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
});

/** The bytes as they come over the wire; `fetch` would unpack them. */
function raw(url, accepted) {
  return new Promise((done, failed) => {
    const asked = request(url, { headers: { "accept-encoding": accepted } }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => done({ encoding: response.headers["content-encoding"], vary: response.headers.vary, bytes: Buffer.concat(parts) }));
    });
    asked.on("error", failed).end();
  });
}

test("a compressed copy is sent as it is, to who accepts it", async () => {
  const files = mkdtempSync(join(tmpdir(), "xinheng-files-"));
  cpSync(FILES, files, { recursive: true });
  const name = readdirSync(join(files, "field")).find((name) => name.endsWith(".wasm"));
  const path = join(files, "field", name);
  const plain = readFileSync(path);
  const copies = { br: brotliCompressSync(plain), gzip: gzipSync(plain) };
  writeFileSync(`${path}.br`, copies.br);
  writeFileSync(`${path}.gz`, copies.gzip);
  const released = await Edge.start({ files });
  try {
    const url = `${released.url}/field/${name}`;
    const cases = { "gzip, deflate, br": "br", gzip: "gzip", "br;q=0, gzip": "gzip", "GZIP;q=0.5": "gzip", identity: undefined, "brr": undefined };
    for (const [accepted, expected] of Object.entries(cases)) {
      const { encoding, vary, bytes } = await raw(url, accepted);
      assert.equal(encoding, expected, accepted);
      assert.equal(vary, "accept-encoding");
      assert.deepEqual(bytes, copies[expected] ?? plain, accepted);
    }
  } finally {
    await released.stop();
    rmSync(files, { recursive: true });
  }
});
