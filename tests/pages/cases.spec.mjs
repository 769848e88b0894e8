// The same cases natively and in Chromium: the same answers to the byte.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { nativeOutcomes } from "../tools/cases.mjs";
import { expect, test } from "../tools/pages.mjs";

const TYPES = { js: "text/javascript", wasm: "application/wasm" };

test("every case has the digest in the browser that it has natively", async ({ page }) => {
  // Natively the cases are built first and each file's run by itself, which waits for any other build beside.
  test.setTimeout(1_800_000);
  await page.route("http://cases.localhost/**", (route) => {
    const name = basename(new URL(route.request().url()).pathname);
    if (!name.includes(".")) return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>cases</title>" });
    return route.fulfill({ contentType: TYPES[name.split(".").pop()], body: readFileSync(`tests/build/${name}`) });
  });
  await page.goto("http://cases.localhost/page");
  const files = nativeOutcomes();
  expect(files.length).toBeGreaterThan(0);
  for (const { text, outcomes } of files) {
    const answered = await page.evaluate(async (file) => {
      const cases = await import("/cases_in_wasm.js");
      await cases.default();
      return cases.run_cases(file);
    }, text);
    expect(JSON.parse(answered)).toEqual(outcomes);
  }
});
