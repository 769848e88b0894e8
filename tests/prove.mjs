// The long runs: what `make test` tries a few times, many times over, on a fresh edge.
//
//   node tests/prove.mjs [races=1000] [rush=10000] [cuts=20] [kills=200] [api=300] [schemathesis=1200] [properties=10] [fuzz=300] [seed=1]
//
// `cuts` are power cuts after or in the middle of one write, `kills` such at any moment while many people work.
// `properties` is how often the domain's laws are tried on other books; each time on hundreds or thousands, all different.
// What is left are seconds: of requests by chance to every operation, of the same by somebody else's fuzzer
// where it is here, and of inputs to the domain, shared out among the targets (FUZZ_MINUTES=… says it in minutes).

import { spawnSync } from "node:child_process";
import { Edge } from "./tools/edge.mjs";
import { fuzz as ask } from "./tools/fuzz.mjs";
import { kills } from "./tools/kills.mjs";
import { isHere, schemathesis } from "./tools/schemathesis.mjs";
import { cuts, races, retries, rush } from "./tools/proof.mjs";

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

const n = {
  races: count("races", 1000),
  rush: count("rush", 10_000),
  cuts: count("cuts", 20),
  kills: count("kills", 200),
  api: count("api", 300),
  schemathesis: count("schemathesis", 1200),
  properties: count("properties", 10),
  fuzz: count("fuzz", Number(process.env.FUZZ_MINUTES || 5) * 60),
};
if (n.races > 0) await prove(`${n.races} races for the last of a customer's credit`, (edge) => races(edge, n.races, { seed }));
if (n.rush > 0) await prove(`${n.rush} confirmations by fifty clients for a hundred customers' last credit`, (edge) => rush(edge, n.rush, { seed }));
if (n.cuts > 0) await prove(`${n.cuts} power cuts after one write or within it`, (edge) => cuts(edge, n.cuts, { seed }));
if (n.kills > 0) await prove(`${n.kills} power cuts while many people work`, (edge) => kills(edge, n.kills, { seed }));
await prove("every write three times", (edge) => retries(edge));
if (n.api > 0) await prove(`${n.api} s of requests by chance`, (edge) => ask(edge, { seconds: n.api }, { seed, lanes: 8 }));
if (n.schemathesis > 0) {
  if (await isHere()) await prove(`${n.schemathesis} s of schemathesis`, (edge) => schemathesis(edge, n.schemathesis, { seed }));
  else console.log("– left out: schemathesis is not here (`./setup.sh prove` brings it where there is Python 3.10 or newer; SCHEMATHESIS says where else it is)");
}
if (n.properties > 0) {
  // Every overflow is a panic in this profile.
  const laws = ["test", "--quiet", "--locked", "--profile", "fuzz", "-p", "shared", "--tests", "--", "--skip", "no_input_panics"];
  let held = 0;
  const start = performance.now();
  while (held < n.properties) {
    const { status, stdout } = spawnSync("cargo", laws, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", maxBuffer: 1 << 28 });
    if (status !== 0) {
      console.log(stdout);
      break;
    }
    held += 1;
    console.log(`  laws on other books: ${held} of ${n.properties}`);
  }
  console.log(`${held === n.properties ? "✔" : "✖"} the domain's laws, ${n.properties} times (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (held < n.properties) process.exitCode = 1;
}
if (n.fuzz > 0) {
  const fuzz = ["--quiet", "--locked", "--profile", "fuzz", "-p", "shared", "--example", "fuzz"];
  spawnSync("cargo", ["build", ...fuzz], { stdio: "inherit" });
  // What asks for more memory than any sound input needs ends there, as it would at the edge.
  const capped = ["-c", `ulimit -v ${6 << 20}; exec "$@"`, "fuzz", "cargo", "run", ...fuzz, "--", String(n.fuzz), String(seed)];
  const { status } = spawnSync("bash", capped, { stdio: "inherit" });
  console.log(`${status === 0 ? "✔" : "✖"} ${n.fuzz} s of inputs that are nearly right`);
  if (status !== 0) process.exitCode = 1;
}
