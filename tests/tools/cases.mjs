// The shipped cases, and what they come to natively: what the edge and the browser are compared with.

import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";

/** Every case file with its native outcomes. */
export function nativeOutcomes() {
  return globSync("shared/cases/*.json").sort().map((file) => {
    const args = ["run", "--quiet", "--locked", "-p", "shared", "--example", "cases", "--", "--json", file];
    const outcomes = JSON.parse(execFileSync("cargo", args, { encoding: "utf8", maxBuffer: 1 << 28 }));
    return { file, text: readFileSync(file, "utf8"), outcomes };
  });
}
