// A few of each of the trials that `make prove` runs by the thousand.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Edge } from "../tools/edge.mjs";
import { kills } from "../tools/kills.mjs";
import { cuts, races, retries, rush } from "../tools/proof.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

test("of two confirmations at once for the last of a customer's credit exactly one passes", async () => {
  const { races: run } = await races(edge, 30);
  assert.equal(run, 30);
});

test("many clients at the last credit of few customers: each answer follows from the ones before it", async () => {
  const { confirmed, held, cancelled } = await rush(edge, 250, { clients: 12, customers: 6 });
  assert.equal(confirmed + held, 250);
  assert.ok(confirmed > 20 && held > 20 && cancelled > 10, JSON.stringify({ confirmed, held, cancelled }));
});

test("what was acknowledged outlives a power cut, and a file that is cut is there whole or not at all", async () => {
  const { acknowledged, torn, tornUploads } = await cuts(edge, 6);
  assert.deepEqual(acknowledged, { order: 1, receipt: 1, import: 1 });
  assert.deepEqual([torn.whole + torn.nothing, tornUploads], [2, 1]);
});

test("power cuts while many people work: nothing acknowledged is lost, nothing is half done, and the balances tie out", async () => {
  const { answered, cut, happened, never, kinds } = await kills(edge, 4);
  assert.ok(answered > 20 && cut > 10, JSON.stringify({ answered, cut, happened, never }));
  assert.ok(Object.keys(kinds).length > 15, JSON.stringify(kinds));
});

test("every write sent three times has one effect and one answer", async () => {
  assert.ok((await retries(edge)).writes > 10);
});
