// The long runs: what `make test` tries a few times, many times over, on a fresh edge.
//
//   node tests/prove.mjs [races=1000] [rush=10000] [kills=20] [api=300] [schemathesis=1200] [fuzz=300] [seed=1]
//
// The last three are seconds: of requests by chance to every operation, of the same by somebody else's fuzzer where it is
// here, and of inputs to the domain, shared out among the targets.

import { spawnSync } from "node:child_process";
import { Edge } from "./tools/edge.mjs";
import { fuzz as ask } from "./tools/fuzz.mjs";
import { isHere, schemathesis } from "./tools/schemathesis.mjs";
import { kills, races, retries, rush } from "./tools/proof.mjs";

const asked = Object.fromEntries(process.argv.slice(2).map((given) => given.split("=")));
const count = (name, usual) => Number(asked[name] ?? usual);
const seed = count("seed", 1);

/** Runs one trial on an edge of its own and says what it saw and how long it took. */
async function prove(name, trial) {
  const edge = await Edge.start();
  const start = performance.now();
  try {
    const seen = await trial(edge);
    console.log(`✔ ${name} (${((performance.now() - start) / 1000).toFixed(1)} s) ${JSON.stringify(seen)}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`✖ ${name}\n${error.stack}\n${edge.log}`);
  } finally {
    await edge.stop();
  }
}

const n = { races: count("races", 1000), rush: count("rush", 10_000), kills: count("kills", 20), api: count("api", 300), schemathesis: count("schemathesis", 1200), fuzz: count("fuzz", 300) };
if (n.races > 0) await prove(`${n.races} races for the last of a customer's credit`, (edge) => races(edge, n.races, { seed }));
if (n.rush > 0) await prove(`${n.rush} confirmations by fifty clients for a hundred customers' last credit`, (edge) => rush(edge, n.rush, { seed }));
if (n.kills > 0) await prove(`${n.kills} power cuts`, (edge) => kills(edge, n.kills, { seed }));
await prove("every write three times", (edge) => retries(edge));
if (n.api > 0) await prove(`${n.api} s of requests by chance`, (edge) => ask(edge, n.api, { seed, lanes: 8 }));
if (n.schemathesis > 0) {
  if (await isHere()) await prove(`${n.schemathesis} s of schemathesis`, (edge) => schemathesis(edge, n.schemathesis, { seed }));
  else console.log("– left out: schemathesis is not here (pip install 'schemathesis>=4'; SCHEMATHESIS says where, if it is on no path)");
}
if (n.fuzz > 0) {
  const fuzz = ["run", "--quiet", "--locked", "--profile", "fuzz", "-p", "shared", "--example", "fuzz", "--"];
  const { status } = spawnSync("cargo", [...fuzz, String(n.fuzz), String(seed)], { stdio: "inherit" });
  console.log(`${status === 0 ? "✔" : "✖"} ${n.fuzz} s of inputs that are nearly right`);
  if (status !== 0) process.exitCode = 1;
}
