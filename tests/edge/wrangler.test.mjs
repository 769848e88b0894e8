// The same worker under `wrangler dev`, as Cloudflare would run it: files come through the assets binding, the Book lives in
// Cloudflare's own storage layer. One smoke test, on the portal, the smallest door: the desk's quick build, which is not
// optimised, is above the 25 MiB that Cloudflare takes for a file. Everything else runs on plain workerd.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

/** What the deployment is given as its operator's secret. */
const SECRET = "only-for-this-test";

/** Starts `wrangler dev` on any free port and waits for the line that says where it listens. */
async function wranglerDev(state) {
  const assets = join(state, "assets");
  cpSync("dist/quick/portal", join(assets, "portal"), { recursive: true });
  const args = ["dev", "worker/build-testing/index.js", "--config", "worker/wrangler.jsonc", "--assets", assets];
  args.push("--ip", "127.0.0.1", "--port", "0", "--persist-to", state, "--show-interactive-dev-session=false");
  args.push("--var", `OPERATOR_SECRET:${SECRET}`);
  const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: state };
  const child = spawn("wrangler", args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let said = "";
  const url = await new Promise((found, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        said += text;
        const ready = said.match(/Ready on (http:\/\/\S+)/);
        if (ready) found(ready[1]);
      });
    }
    child.once("exit", (code) => failed(new Error(`wrangler dev ended (${code})\n${said}`)));
  });
  // wrangler starts processes of its own: the whole group goes.
  return { url, stop: () => process.kill(-child.pid, "SIGKILL") };
}

test("under wrangler dev: a door, a deep link, a file, the API and a book", { timeout: 240_000 }, async () => {
  const state = mkdtempSync(join(tmpdir(), "xinheng-wrangler-"));
  const { url, stop } = await wranglerDev(state);
  try {
    const page = await fetch(`${url}/portal/some/where`, { headers: { "sec-fetch-mode": "navigate" } });
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
    const [, code] = (await page.text()).match(/href="(\/portal\/[^"]+\.wasm)"/);
    const file = await fetch(url + code);
    assert.equal(file.headers.get("content-type"), "application/wasm");
    assert.match(file.headers.get("cache-control"), /immutable/);
    // A browser's navigation to the API is answered by the API, not by a page.
    const health = await fetch(`${url}/api/v1/health`, { headers: { "sec-fetch-mode": "navigate" } });
    assert.equal((await health.json()).status, "ok");
    assert.equal((await fetch(`${url}/nowhere`)).status, 404);
    const book = { code: "one", name: "first", currency: "CNY", utc_offset_minutes: 480, people: [] };
    const headers = { "content-type": "application/json", authorization: `Bearer ${SECRET}` };
    const made = await fetch(`${url}/operator/v1/books`, { method: "POST", headers, body: JSON.stringify(book) });
    assert.equal(made.status, 201);
    assert.equal((await made.json()).name, "first");
  } finally {
    stop();
    rmSync(state, { recursive: true, force: true });
  }
});
