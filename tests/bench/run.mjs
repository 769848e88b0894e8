// Every figure that is worth watching, printed as tables. Nothing here passes or fails by the clock: times depend on the
// machine, so each stands beside something measured in the same run.
//
//   node tests/bench/run.mjs [sizes|domain …]      all of them by default

import { sizes } from "../../app/sizes.mjs";
import { domain } from "./domain.mjs";

const FIGURES = {
  sizes: () => sizes("dist/release"),
  domain,
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(FIGURES);
for (const name of wanted) await FIGURES[name]();
