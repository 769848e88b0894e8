// The domain's figures: the same work natively and in Chromium, there without and with vector instructions, and what-if,
// aging and exposure beside plain floats in JavaScript. `BENCH_MOST=10000` leaves out what is larger.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { launchOptions } from "../tools/chromium.mjs";
import { count, ratio, table, time } from "./table.mjs";

const WASM = "tests/build/bench";
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };
const MOST = Number(process.env.BENCH_MOST ?? Infinity);

/** The cases that the floats do as well. */
const BESIDE = {
  first: "what-if: score, grade, limit, verdict",
  full: "full what-if: provision and totals too",
  aging: "aging",
  exposure: "exposure",
};

/** Measures and prints. */
export async function domain() {
  const load = () => loadavg().map((mean) => mean.toFixed(2)).join(", ");
  const before = load();
  const args = ["run", "--quiet", "--locked", "--release", "-p", "domain-bench", ...(MOST < Infinity ? ["--", String(MOST)] : [])];
  const options = { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 };
  const lines = execFileSync("cargo", args, options).trim().split("\n").map((line) => JSON.parse(line));
  const native = lines.filter((line) => line.name !== undefined);
  const { wasm, floats, differing, totals, memory } = await inChromium();

  const rows = [];
  let last;
  for (const here of native) {
    const { what, outcome, plain, simd } = wasm.find(({ name, size }) => name === here.name && size === here.size);
    if (outcome !== here.outcome) throw new Error(`${here.name}, ${here.size}: another outcome in the browser`);
    const float = floats[here.name]?.[here.size];
    // By how much the work grew, beside by how much what it goes over did.
    const grown = last?.name === here.name ? `${ratio(simd.micros, last.micros)} of ${Math.round(here.size / last.size)}×` : undefined;
    rows.push([
      last?.name === here.name ? `  ${count(here.size)}` : `${here.name}, ${count(here.size)} ${what}`,
      time(here.micros), time(plain.micros), time(simd.micros), time(float?.micros),
      ratio(simd.micros, here.micros), ratio(simd.micros, plain.micros), ratio(simd.micros, float?.micros), grown,
    ]);
    last = { ...here, micros: simd.micros };
  }
  const columns = ["median of one run", "native", "wasm", "simd", "js floats", "simd/native", "simd/wasm", "simd/js", "growth"];
  table("Domain: native and in Chromium, same outcomes by digest", columns, rows);
  const most = Math.max(...[...native, ...wasm.flatMap(({ plain, simd }) => [plain, simd])].map(({ micros, least }) => micros / least));
  console.log(`  medians lie within ${((most - 1) * 100).toFixed(0)}% of the least; load of the machine (1, 5, 15 minutes): ${before} at the start, ${load()} at the end`);
  console.log(`  most memory: native ${Math.round((lines.at(-1).peak_kib ?? 0) / 1024)} MiB, wasm ${memory.map((bytes) => Math.round(bytes / 2 ** 20)).join(" and ")} MiB`);
  for (const [size, customers] of Object.entries(differing)) {
    console.log(`  floats give ${customers} of ${count(Number(size))} customers another grade or limit than the exact pass`);
  }
  for (const [of, found] of Object.entries(totals)) {
    const told = found.map(([name, float, exact]) => `${name} ${float} for ${exact}`).join(", ");
    console.log(`  totals of floats, ${of}: ${told || "the exact ones"}`);
    for (const [name, float, exact] of found) {
      if (Math.abs(float - exact) > 1e-4 * Math.max(Math.abs(exact), 1e4)) throw new Error(`${name}: floats are far from the exact total`);
    }
  }
}

async function inChromium() {
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage();
    page.on("console", (message) => console.error(`  chromium: ${message.text()}`));
    await page.route("http://bench.localhost/**", (route) => {
      const { pathname } = new URL(route.request().url());
      // A page that is isolated from other origins gets the fine clock.
      const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
      if (!pathname.includes(".")) return route.fulfill({ headers, contentType: "text/html", body: "<!doctype html><title>bench</title>" });
      const folder = pathname.endsWith(".mjs") ? "tests/bench" : WASM;
      return route.fulfill({ headers, contentType: TYPES[pathname.split(".").pop()], body: readFileSync(join(folder, pathname)) });
    });
    await page.goto("http://bench.localhost/page");
    return await page.evaluate(async ({ beside, most }) => {
      const files = ["/domain_bench.js", "/simd128/domain_bench.js", "/measure.mjs", "/floats.mjs", "/full-floats.mjs", "/ledger-floats.mjs"];
      const [domain, vectors, { measure }, js, full, ledger] = await Promise.all(files.map((file) => import(file)));
      const instances = await Promise.all([domain.default(), vectors.default()]);
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
      // Floats of whole units beside exact minor units: only what differs.
      const compare = (names, found, exact) =>
        names.map((name, place) => [name, found[place] * 100, exact[place]]).filter(([, one, other]) => Math.round(one) !== other);
      for (const [name, what, sizes] of JSON.parse(domain.cases())) {
        for (const size of sizes.filter((size) => size <= (most ?? Infinity))) {
          console.log(`${name}, ${size} ${what}`);
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
            totals[`what-if over ${size} customers`] = full.differences(full.totals(policy, book, before), JSON.parse(domain.full_totals(size)));
            float(name, size, () => {
              const after = full.pass(policy, book);
              return [full.totals(policy, book, after), full.compare(policy, before, after)];
            });
          }
          if (name === beside.aging) {
            const items = ledger.columnsOf(domain.aging_items(size), ["whose", "days", "amount"]);
            const applied = ledger.columnsOf(domain.aging_allocations(size), ["of", "paid"]);
            const ends = document.aging.bands;
            const customers = items.whose.at(-1) + 1;
            const foot = ledger.foot(ledger.aging(items, applied, ends, customers), ends.length + 2);
            totals[`aging of ${size} documents`] = compare([...foot.keys()].map((band) => `band ${band}`), foot, domain.aging_totals(size));
            float(name, size, () => ledger.aging(items, applied, ends, customers));
          }
          if (name === beside.exposure) {
            const items = ledger.columnsOf(domain.exposure_items(size), ["whose", "days", "amount"]);
            const customers = items.whose.at(-1) + 1;
            const found = ledger.exposure(items, customers);
            const sum = (column) => column.reduce((all, one) => all + one, 0);
            totals[`exposure of ${size} documents`] = compare(["exposure", "overdue"], [sum(found.total), sum(found.overdue)], domain.exposure_totals(size));
            float(name, size, () => ledger.exposure(items, customers));
          }
        }
      }
      return { wasm, floats, differing, totals, memory: instances.map(({ memory }) => memory.buffer.byteLength) };
    }, { beside: BESIDE, most: MOST < Infinity ? MOST : null });
  } finally {
    await browser.close();
  }
}
