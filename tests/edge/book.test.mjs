// What every command of a Book stands on: creation, transactions, and data that outlives the process.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

const book = (code, call) => edge.api("POST", `testing/books/${code}/${call}`);

test("a book that was never created answers 404", async () => {
  assert.equal((await book("nobody", "name")).status, 404);
});

test("a transaction that succeeds is kept, one that fails leaves nothing", async () => {
  assert.deepEqual((await book("one", "create?to=first")).body, [{ name: "first" }]);
  assert.deepEqual((await book("one", "rename?to=second")).body, [{ name: "second" }]);
  assert.deepEqual((await book("one", "rename-and-fail?to=third")).body, [{ name: "second" }]);
});

test("books don't share anything", async () => {
  await book("here", "create?to=here");
  assert.equal((await book("there", "name")).status, 404);
});

test("what was acknowledged is there after a power cut", async () => {
  await book("cut", "create?to=before");
  for (let i = 0; i < 3; i++) {
    await book("cut", `rename?to=cut-${i}`);
    await edge.kill();
    await edge.restart();
    assert.deepEqual((await book("cut", "name")).body, [{ name: `cut-${i}` }]);
  }
});

test("tests can set the clock", async () => {
  const { body } = await edge.setClock("2030-01-02T03:04:05Z");
  assert.match(body, /^2030-01-02T03:04:0[56]/);
  await edge.api("POST", "testing/clock?shift=0");
});
