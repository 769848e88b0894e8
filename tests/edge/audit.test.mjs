// The audit trail: what leaves an entry, who may read it, and that whoever meddles with it is found.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, charged, granted, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

/** The whole trail, the oldest first. */
async function trail(caller, query = "") {
  const entries = [];
  for (let next = ""; next !== undefined; ) {
    const { status, body } = await caller.get(`audit?${query}${next}`);
    assert.equal(status, 200, JSON.stringify(body));
    entries.push(...body.entries);
    next = body.next && `&before=${body.next}`;
  }
  return entries.reverse();
}

const verify = async (caller, query = "") => (await caller.get(`audit/verification${query}`)).body;

/** A book with a customer that has a limit, and whoever acts. */
async function filled(code) {
  const book = await Book.create(edge, code);
  const [customer] = await book.customers({ code: "C1", name: "海川", salesperson: book.people.sales });
  await book.facts(charged(customer.id, "C1-1", "2026-01-05", "2026-02-04", 100), ...granted(customer.id, "2026-01-01", 100_000));
  const people = {};
  for (const login of ["sales", "officer", "auditor", "admin", "finance"]) people[login] = await book.signIn(login);
  return { book, customer: customer.id, ...people };
}

test("changes, replays, deliveries and ways in leave an entry; questions leave none", async () => {
  const { book, customer, sales, officer, auditor } = await filled("deeds");
  const { length } = await trail(auditor);
  assert.equal(length, 10, "five people came in, each by a link that the operator made");
  const order = { id: randomUUID(), customer, amount: yuan(10), terms: { kind: "prepaid" } };
  await officer.ask("POST", "checks", { order });
  await officer.get(`customers/${customer}`);
  assert.equal((await trail(auditor)).length, length);

  const confirmed = await officer.write("POST", "orders", { order, decision: randomUUID() });
  await officer.ask("POST", `decisions/${confirmed.body.decision.id}/replay`);
  const first = await sales.get("sync");
  // Nothing new: nothing goes out.
  await sales.get(`sync?since=${first.body.feed}`);
  const journal = await officer.get("journal");
  await officer.get("journal", { "if-none-match": journal.headers.get("etag") });
  await officer.write("POST", `customers/${customer}/freeze`, { frozen: true, reason: "复核" });
  const refused = await officer.write("POST", `customers/${randomUUID()}/freeze`, { frozen: true, reason: "复核" });
  assert.equal(refused.status, 404);
  await officer.ask("DELETE", "session");

  const entries = (await trail(auditor)).slice(length).map(({ entry }) => entry);
  assert.deepEqual(entries.map(({ action }) => action), ["confirm_order", "replay_decision", "sync", "read_journal", "freeze", "end_session"]);
  assert.deepEqual(entries.map(({ role }) => role), ["officer", "officer", "sales", "officer", "officer", "officer"]);
  assert.equal(entries[0].person, book.people.officer);
  assert.equal(entries[2].subject, `0-${first.body.feed} 1`);
  assert.equal(entries[4].subject, customer);
  assert.equal(new Set(entries.map(({ session }) => session)).size, 2, "one device each");
  assert.ok(!JSON.stringify(entries).includes("陈信"), "no name stands in the chain");
  const mine = await trail(auditor, `subject=${customer}`);
  assert.ok(mine.length > 0 && mine.every(({ entry }) => entry.subject === customer));
});

test("the trail is read page by page", async () => {
  const { officer, auditor, customer } = await filled("pages");
  for (let i = 0; i < 205; i++) await officer.write("POST", `customers/${customer}/freeze`, { frozen: i % 2 === 0, reason: "复核" });
  const first = (await auditor.get("audit")).body;
  assert.equal(first.entries.length, 100);
  assert.equal(first.entries[0].name, "陈信");
  const entries = await trail(auditor);
  assert.deepEqual(entries.map(({ entry }) => entry.number), Array.from({ length: 215 }, (_, i) => i + 1));
});

test("a chain that nobody touched is whole, and admin may check and not read it", async () => {
  const { admin, auditor } = await filled("whole");
  const verdict = await verify(admin);
  const last = (await trail(auditor)).at(-1);
  assert.deepEqual(verdict, { sound_to: last.entry.number, digest: last.digest });
  assert.deepEqual(await verify(admin, "?after=2"), verdict);
  assert.equal((await admin.get("audit")).status, 403);
});

const OPEN = "DROP TRIGGER audit_stays; DROP TRIGGER audit_is_kept; DROP TRIGGER audit_follows;";
for (const [what, sql, broken] of [
  ["changed", "UPDATE audit SET subject = 'desk 2' WHERE number = 3", { number: 3, how: "changed" }],
  ["moved to somebody else", "UPDATE audit SET person = (SELECT person FROM audit WHERE number = 2) WHERE number = 4", { number: 4, how: "changed" }],
  ["removed", "DELETE FROM audit WHERE number = 2", { number: 2, how: "missing" }],
  ["put out of order", "UPDATE audit SET number = -number WHERE number IN (3, 4); UPDATE audit SET number = 7 + number WHERE number < 0", { number: 3, how: "unlinked" }],
]) {
  test(`an entry that was ${what} is found`, async () => {
    const code = `meddled-${broken.number}-${broken.how}-${what.length}`;
    const { book, admin } = await filled(code);
    const meddled = await book.testing("meddle", OPEN + sql);
    assert.equal(meddled.status, 200, JSON.stringify(meddled.body));
    const verdict = await verify(admin);
    assert.deepEqual(verdict.broken, broken);
    assert.equal(verdict.sound_to, broken.number - 1);
  });
}

test("the tables themselves refuse to change the trail or to add what doesn't follow", async () => {
  const { book, admin } = await filled("guarded");
  for (const sql of [
    "UPDATE audit SET subject = 'x' WHERE number = 1",
    "DELETE FROM audit WHERE number = 1",
    "INSERT INTO audit (number, at, action, feed, previous, digest) VALUES (99, 0, 'x', 0, 'x', 'x')",
  ]) {
    assert.equal((await book.testing("meddle", sql)).status, 500, sql);
  }
  assert.equal((await verify(admin)).broken, undefined);
});

test("what was written down before there was a chain is sealed in its order", async () => {
  const { book, officer, auditor, customer } = await filled("older");
  await officer.write("POST", `customers/${customer}/freeze`, { frozen: true, reason: "复核" });
  // The table as step 2 made it, with two entries of old.
  await book.testing("meddle", `${OPEN}
    DELETE FROM schema WHERE number = 7; DROP TABLE audit_personal; DROP TABLE audit;
    CREATE TABLE audit (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, person TEXT NOT NULL REFERENCES person (id),
      role TEXT NOT NULL, operation TEXT NOT NULL, subject TEXT, feed INTEGER NOT NULL) STRICT;
    CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
    CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
    INSERT INTO audit (at, person, role, operation, subject, feed)
      SELECT 1700000000 + rank, id, 'officer', 'freeze', CASE rank WHEN 1 THEN 'x' END, rank
      FROM (SELECT id, row_number() OVER (ORDER BY login) AS rank FROM person WHERE login IN ('officer', 'manager'));`);
  await edge.restart();
  const entries = (await trail(auditor)).map(({ entry }) => entry);
  assert.deepEqual(entries.map(({ number, at, subject, action }) => [number, at, subject, action]), [
    [1, 1700000001, "x", "freeze"],
    [2, 1700000002, undefined, "freeze"],
  ]);
  const verdict = await verify(auditor);
  assert.deepEqual([verdict.sound_to, verdict.broken], [2, undefined]);
});
