// A few of the requests that `make prove` sends for minutes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fuzz } from "../tools/fuzz.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

test("whatever is asked is answered, and as the document tells", async () => {
  const { untried, done, operations, requests } = await fuzz(edge, { requests: 2_400 }, { seed: 1 });
  assert.deepEqual(untried, []);
  assert.ok(done > operations / 2, `${done} of ${operations} operations were done in ${requests} requests`);
});
