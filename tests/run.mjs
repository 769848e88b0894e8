// Runs every test, one runner after the other, and closes with one line: how many passed and failed in all.
//
//   node tests/run.mjs [domain|parts|edge|pages …]      all of them by default

import { spawn } from "node:child_process";
import { globSync } from "node:fs";

/** A runner, and how its own closing lines say what passed and failed. */
const RUNNERS = {
  domain: {
    // The benchmarks' own cases among them, each once at its smallest.
    command: ["cargo", "test", "--quiet", "--locked", "-p", "shared", "-p", "domain-bench", "--features", "shared/schema"],
    passed: /^test result: .* (\d+) passed/gm,
    failed: /^test result: .* (\d+) failed/gm,
  },
  // What the app works out by itself: figures in words, an amount being typed, the drawing of the beam.
  parts: {
    // With the feature that the others have, or the domain would be built a second time.
    command: ["cargo", "test", "--quiet", "--locked", "-p", "app", "--lib", "--features", "shared/schema"],
    passed: /^test result: .* (\d+) passed/gm,
    failed: /^test result: .* (\d+) failed/gm,
  },
  edge: {
    command: ["node", "--test", "--test-concurrency=2", "--test-reporter=spec", ...globSync("tests/edge/*.test.mjs")],
    passed: /^ℹ pass (\d+)/gm,
    failed: /^ℹ (?:fail|cancelled) (\d+)/gm,
  },
  pages: {
    command: ["playwright", "test", "-c", "tests/playwright.config.mjs"],
    passed: /^ {2}(\d+) (?:passed|flaky)/gm,
    failed: /^ {2}(\d+) (?:failed|did not run|interrupted)/gm,
  },
};

/** Runs one, showing what it prints; its exit code counts as one failure when its lines name none. */
function run({ command: [program, ...args], passed, failed }) {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, FORCE_COLOR: "0" } });
    let said = "";
    for (const [from, to] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
      from.setEncoding("utf8").on("data", (text) => {
        said += text;
        to.write(text);
      });
    }
    child.on("close", (code) => {
      const sum = (pattern) => [...said.matchAll(pattern)].reduce((total, found) => total + Number(found[1]), 0);
      const failures = sum(failed);
      done({ passed: sum(passed), failed: code === 0 ? failures : Math.max(failures, 1) });
    });
  });
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(RUNNERS);
const total = { passed: 0, failed: 0 };
for (const name of wanted) {
  console.log(`\n· ${name}`);
  const { passed, failed } = await run(RUNNERS[name]);
  total.passed += passed;
  total.failed += failed;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
