// The same cases natively and in workerd: the same answers to the byte.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { nativeOutcomes } from "../tools/cases.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

test("every case has the digest at the edge that it has natively", async () => {
  const files = nativeOutcomes();
  assert.ok(files.length > 0);
  for (const { text, outcomes } of files) {
    const response = await edge.fetch("/api/v1/testing/cases", { method: "POST", body: text });
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), outcomes);
    assert.deepEqual(outcomes.filter(({ differences }) => differences.length > 0), []);
  }
});
