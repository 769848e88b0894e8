// What every command of a Book stands on: creation, transactions, and data that outlives the process.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Book, PEOPLE, operator } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

const rename = async (book, to) => (await book.testing(`rename?to=${to}`)).body;

test("a book that was never created answers 404", async () => {
  assert.equal((await new Book(edge, "nobody").testing("name")).status, 404);
  assert.equal((await operator(edge, "books/nobody/links", { door: "desk", login: "officer" })).status, 404);
});

test("only the operator makes books, each once, and only sound ones", async () => {
  const sound = { code: "made", name: "远洋", currency: "CNY", utc_offset_minutes: 480, people: PEOPLE };
  assert.equal((await operator(edge, "books", sound, "guess")).status, 401);
  assert.equal((await operator(edge, "books", sound, "")).status, 401);
  for (const [change, code] of [
    [{ code: "No" }, "book_code"],
    [{ code: "a/../b" }, "book_code"],
    [{ name: " " }, "name"],
    [{ utc_offset_minutes: 900 }, "utc_offset"],
    [{ people: [PEOPLE[0], PEOPLE[0]] }, "login"],
    [{ people: [{ login: "x", name: "x", role: "customer" }] }, "role"],
    [{ people: [{ login: "x", name: "x", role: "king" }] }, "body"],
    [{ currency: "XXX" }, "body"],
    [{ more: 1 }, "body"],
  ]) {
    const refused = await operator(edge, "books", { ...sound, ...change });
    assert.equal(refused.status, 422, JSON.stringify(refused));
    assert.equal(refused.body.code, code);
  }
  const made = await operator(edge, "books", sound);
  assert.equal(made.status, 201);
  assert.equal(made.body.code, "made");
  assert.equal((await operator(edge, "books", sound)).body.code, "book_exists");
});

test("a transaction that succeeds is kept, one that fails leaves nothing", async () => {
  const book = await Book.create(edge, "one");
  assert.equal(await rename(book, "second"), "second");
  assert.equal((await book.testing("rename-and-fail?to=third")).body, "second");
});

test("what was acknowledged is there after a power cut", async () => {
  const book = await Book.create(edge, "cut");
  for (let i = 0; i < 3; i++) {
    await rename(book, `cut-${i}`);
    await edge.kill();
    await edge.restart();
    assert.equal((await book.testing("name")).body, `cut-${i}`);
  }
});

test("tests can set the clock", async () => {
  const { body } = await edge.setClock("2030-01-02T03:04:05Z");
  assert.match(body, /^2030-01-02T03:04:0[56]/);
  await edge.api("POST", "testing/clock?shift=0");
});
