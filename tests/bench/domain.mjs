// The domain's figures: the same work natively and in Chromium, and the what-if beside plain floats in JavaScript.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { chromium } from "@playwright/test";
import { launchOptions } from "../tools/chromium.mjs";
import { count, ratio, table, time } from "./table.mjs";

const WASM = "tests/build/bench";
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };

/** Measures and prints. */
export async function domain() {
  const args = ["run", "--quiet", "--locked", "--release", "-p", "domain-bench"];
  const native = execFileSync("cargo", args, { encoding: "utf8" }).trim().split("\n").map((line) => JSON.parse(line));
  const { wasm, floats, differing } = await inChromium();

  const rows = [];
  let before;
  for (const here of native) {
    const there = wasm.find(({ name, size }) => name === here.name && size === here.size);
    if (there.outcome !== here.outcome) throw new Error(`${here.name}, ${here.size}: another outcome in the browser`);
    const float = here.name === FLOATS_BESIDE ? floats[here.size] : undefined;
    // Work that grows with what it goes over is told by item, and its growth too.
    const grown = before?.name === here.name ? ratio(there.micros, before.micros) : undefined;
    rows.push([
      `${here.name}, ${count(here.size)} ${there.what}`,
      time(here.micros), time(there.micros), time(float),
      ratio(there.micros, here.micros), ratio(there.micros, float), grown,
    ]);
    before = { name: here.name, micros: there.micros };
  }
  const columns = ["the domain, median of one run", "native", "wasm", "js floats", "wasm/native", "wasm/js", "wasm growth"];
  table("Domain: native and in Chromium, same outcomes by digest", columns, rows);
  for (const [size, customers] of Object.entries(differing)) {
    console.log(`  floats give ${customers} of ${count(Number(size))} customers another grade or limit than the exact pass`);
  }
}

/** The case that the floats do as well. */
const FLOATS_BESIDE = "what-if: score, grade, limit, verdict";

async function inChromium() {
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage();
    await page.route("http://bench.localhost/**", (route) => {
      const name = basename(new URL(route.request().url()).pathname);
      // A page that is isolated from other origins gets the fine clock.
      const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
      if (!name.includes(".")) return route.fulfill({ headers, contentType: "text/html", body: "<!doctype html><title>bench</title>" });
      const folder = name.endsWith(".mjs") ? "tests/bench" : WASM;
      return route.fulfill({ headers, contentType: TYPES[name.split(".").pop()], body: readFileSync(join(folder, name)) });
    });
    await page.goto("http://bench.localhost/page");
    return await page.evaluate(async (beside) => {
      const [domain, { median }, js] = await Promise.all(["/domain_bench.js", "/measure.mjs", "/floats.mjs"].map((file) => import(file)));
      await domain.default();
      const wasm = [];
      const floats = {};
      const differing = {};
      const policy = js.layOut(JSON.parse(domain.policy()));
      for (const [name, what, sizes] of JSON.parse(domain.cases())) {
        for (const size of sizes) {
          const work = new domain.Case(name, size);
          wasm.push({ name, what, size, micros: median((times) => work.run(times)), outcome: work.outcome() });
          work.free();
          if (name === beside) {
            const columns = js.columnsOf(domain.float_columns(size), size);
            differing[size] = js.differing(js.pass(policy, columns), domain.exact(size));
            floats[size] = median((times) => {
              for (let i = 0; i < times; i++) js.pass(policy, columns);
            });
          }
        }
      }
      return { wasm, floats, differing };
    }, FLOATS_BESIDE);
  } finally {
    await browser.close();
  }
}
