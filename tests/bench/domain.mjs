// The domain's figures: the same work natively and in Chromium, there without and with vector instructions, and both kinds
// of what-if beside plain floats in JavaScript.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { launchOptions } from "../tools/chromium.mjs";
import { count, ratio, table, time } from "./table.mjs";

const WASM = "tests/build/bench";
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };

/** The cases that the floats do as well: the pass of the first card, and the full one with all sums. */
const BESIDE = {
  first: "what-if: score, grade, limit, verdict",
  full: "full what-if: the same, provision, totals, migration",
};

/** Measures and prints. */
export async function domain() {
  const load = () => loadavg().map((mean) => mean.toFixed(2)).join(", ");
  const before = load();
  const args = ["run", "--quiet", "--locked", "--release", "-p", "domain-bench"];
  const native = execFileSync("cargo", args, { encoding: "utf8" }).trim().split("\n").map((line) => JSON.parse(line));
  const { wasm, floats, differing, totals } = await inChromium();

  const rows = [];
  let last;
  for (const here of native) {
    const { what, outcome, plain, simd } = wasm.find(({ name, size }) => name === here.name && size === here.size);
    if (outcome !== here.outcome) throw new Error(`${here.name}, ${here.size}: another outcome in the browser`);
    const float = floats[here.name]?.[here.size];
    // Work that grows with what it goes over is told by item, and its growth too.
    const grown = last?.name === here.name ? ratio(simd.micros, last.micros) : undefined;
    const both = (measured) => measured && `${time(measured.micros)} / ${time(measured.least)}`;
    rows.push([
      `${here.name}, ${count(here.size)} ${what}`,
      both(here), both(plain), both(simd), both(float),
      ratio(plain.micros, here.micros), ratio(simd.micros, plain.micros), ratio(plain.micros, float?.micros), ratio(simd.micros, float?.micros), grown,
    ]);
    last = { name: here.name, micros: simd.micros };
  }
  const columns = ["the domain, median / least of one run", "native", "wasm", "simd", "js floats", "wasm/native", "simd/wasm", "wasm/js", "simd/js", "simd growth"];
  table("Domain: native and in Chromium, same outcomes by digest", columns, rows);
  console.log(`  load of the machine (1, 5, 15 minutes): ${before} at the start, ${load()} at the end`);
  for (const [size, customers] of Object.entries(differing)) {
    console.log(`  floats give ${customers} of ${count(Number(size))} customers another grade or limit than the exact pass`);
  }
  for (const [size, found] of Object.entries(totals)) {
    const told = found.map(([name, float, exact]) => `${name} ${float} for ${exact}`).join(", ");
    console.log(`  full totals of floats, ${count(Number(size))} customers: ${told || "the exact ones"}`);
    for (const [name, float, exact] of found) {
      if (Math.abs(float - exact) > 1e-4 * Math.max(Math.abs(exact), 1e4)) throw new Error(`${name}: floats are far from the exact total`);
    }
  }
}

async function inChromium() {
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage();
    await page.route("http://bench.localhost/**", (route) => {
      const { pathname } = new URL(route.request().url());
      // A page that is isolated from other origins gets the fine clock.
      const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
      if (!pathname.includes(".")) return route.fulfill({ headers, contentType: "text/html", body: "<!doctype html><title>bench</title>" });
      const folder = pathname.endsWith(".mjs") ? "tests/bench" : WASM;
      return route.fulfill({ headers, contentType: TYPES[pathname.split(".").pop()], body: readFileSync(join(folder, pathname)) });
    });
    await page.goto("http://bench.localhost/page");
    return await page.evaluate(async (beside) => {
      const files = ["/domain_bench.js", "/simd128/domain_bench.js", "/measure.mjs", "/floats.mjs", "/full-floats.mjs"];
      const [domain, vectors, { measure }, js, full] = await Promise.all(files.map((file) => import(file)));
      await Promise.all([domain.default(), vectors.default()]);
      const wasm = [];
      const floats = {};
      const differing = {};
      const totals = {};
      const document = JSON.parse(domain.policy());
      const float = (name, size, work) => {
        floats[name] ??= {};
        floats[name][size] = measure((times) => {
          for (let i = 0; i < times; i++) work();
        });
      };
      for (const [name, what, sizes] of JSON.parse(domain.cases())) {
        for (const size of sizes) {
          const told = { name, what, size };
          for (const [build, module] of [["plain", domain], ["simd", vectors]]) {
            const work = new module.Case(name, size);
            const outcome = work.outcome();
            if (told.outcome !== undefined && told.outcome !== outcome) throw new Error(`${name}, ${size}: another outcome by vectors`);
            told.outcome = outcome;
            told[build] = measure((times) => work.run(times));
            work.free();
          }
          wasm.push(told);
          if (name === beside.first) {
            const policy = js.layOut(document);
            const columns = js.columnsOf(domain.float_columns(size), size);
            differing[size] = js.differing(js.pass(policy, columns), domain.exact(size));
            float(name, size, () => js.pass(policy, columns));
          }
          if (name === beside.full) {
            const measures = JSON.parse(domain.full_measures());
            const book = full.bookOf(document, measures, domain.full_columns(size), domain.full_debts(size), size);
            const policy = full.layOut(document, book);
            const before = full.pass(policy, book);
            totals[size] = full.differences(full.totals(policy, book, before), JSON.parse(domain.full_totals(size)));
            float(name, size, () => {
              const after = full.pass(policy, book);
              return [full.totals(policy, book, after), full.compare(policy, before, after)];
            });
          }
        }
      }
      return { wasm, floats, differing, totals };
    }, BESIDE);
  } finally {
    await browser.close();
  }
}
