// A whole book as one file, and back: the same book gives the same bytes, whatever is written while it is read; what comes
// back works; what is not whole is refused and leaves nothing.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { lines, restore, save, wayIn } from "../../worker/selfhost/backup.mjs";
import { Book, Caller, charged, granted, newId, operator, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";
import { retries } from "../tools/proof.mjs";

const TODAY = "2026-11-20";
let edge, other, folder;
before(async () => {
  [edge, other] = await Promise.all([Edge.start(), Edge.start()]);
  folder = mkdtempSync(join(tmpdir(), "xinheng-backup-"));
});
after(async () => {
  await Promise.all([edge.stop(), other.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const collect = async (source) => {
  const all = [];
  for await (const line of source) all.push(line);
  return all;
};
const text = (file) => gunzipSync(readFileSync(file)).toString();
const testing = (at, code, call, body) => at.api("POST", `testing/books/${code}/${call}`, body);
const tables = (all) => Map.groupBy(all.slice(1, -1).map((line) => JSON.parse(line)), ([table]) => table);

/** A way in by a new link of the operator. */
async function enter(at, code, login) {
  const link = await operator(at, `books/${code}/links`, { door: "desk", login });
  assert.equal(link.status, 201, JSON.stringify(link.body));
  return Caller.enter(at, link.body.token);
}

test("an export knows every table", async () => {
  const book = await Book.create(edge, "tables", { demo_today: TODAY });
  assert.deepEqual((await book.testing("forgotten")).body, []);
});

test("a book that has seen every write comes back whole on another server, byte by byte, and goes on", async () => {
  await retries(edge, { code: "all" });
  const file = join(folder, "all.ndjson.gz");
  const { rows } = await save(edge, "all", file);
  const held = tables(text(file).trimEnd().split("\n"));
  // All but what is empty for good reasons in this book.
  for (const table of ["fact", "item", "decision", "order_step", "release", "application", "piece_version", "pool_end", "write_off_word", "audit", "standing", "content_part", "attachment", "settings", "message", "lease", "lease_approval"]) {
    assert.ok(held.get(table)?.length > 0, `nothing of ${table}`);
  }
  const secrets = ["password", "link", "session", "idempotency", "api_token", "second_factor"];
  assert.deepEqual([...held.keys()].filter((table) => secrets.includes(table)), []);
  assert.equal(held.get("book")[0][1].pepper, undefined);

  assert.deepEqual(await restore(other, "all", file), { rows, admins: ["admin"] });
  const again = join(folder, "again.ndjson.gz");
  await save(other, "all", again);
  assert.ok(text(again) === text(file), "the same bytes");

  const { differing, journals } = (await testing(other, "all", "verify")).body;
  assert.deepEqual([differing, journals], [[], []]);
  // Its admin comes in by a new link and sets a password.
  const token = (await wayIn(other, "all", "admin")).split("#j=")[1];
  const joined = await other.api("POST", "session/join", { token, name: "管理员", login: "admin@all.cn", password: "nobody guesses this" });
  assert.equal(joined.status, 200, JSON.stringify(joined.body));
  const officer = await enter(other, "all", "officer");
  const [customer] = (await officer.get("sync?door=desk")).body.customers ?? [];
  assert.ok(customer, "customers come by sync");
  // What guards the tables is back.
  assert.equal((await testing(other, "all", "meddle", "DELETE FROM audit")).status, 500);
  const admin = await enter(other, "all", "admin@all.cn");
  const { status, body } = await admin.write("POST", "people", { name: "新人", role: "sales" });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual((await admin.get("audit/verification")).body.broken, undefined);
});

test("what is written while it is read is no part of it, and is all in the next", async () => {
  const book = await Book.create(edge, "busy", { demo_today: TODAY });
  const customers = await book.customers(...Array.from({ length: 40 }, (_, i) => ({ code: `B${i}`, name: `客户${i}`, salesperson: book.people.sales })));
  const facts = customers.flatMap(({ id, code }) => [
    ...granted(id, "2026-01-01", 100_000),
    ...Array.from({ length: 150 }, (_, i) => charged(id, `${code}-${i}`, "2026-10-05", "2026-11-04", 10 + i)),
  ]);
  for (let at = 0; at < facts.length; at += 500) await book.facts(...facts.slice(at, at + 500));
  const [officer, finance] = [await book.signIn("officer"), await book.signIn("finance")];
  const order = (customer) => ({ order: { id: crypto.randomUUID(), customer, amount: yuan(1), terms: { kind: "prepaid" } }, decision: crypto.randomUUID() });
  const first = order(customers[0].id);
  assert.equal((await officer.write("POST", "orders", first)).status, 200);

  const quiet = await collect(lines(edge, "busy"));
  assert.ok(quiet.length > 12_000 && quiet.join("\n").length > 3 << 20, "more than a page");
  // Everything is changed in the middle: rows come, change and go before, at and behind the place where it is being read.
  const busy = [];
  let turns = 0;
  const act = async () => {
    turns += 1;
    const { id, code } = customers[turns % customers.length];
    const answers = await Promise.all([
      officer.write("POST", "orders", order(id)),
      officer.write("POST", `customers/${id}/freeze`, { frozen: turns % 2 === 0, reason: "复核" }),
      finance.write("POST", "receipts", { receipt: newId(), customer: id, date: TODAY, amount: yuan(5), apply: [] }),
      officer.write("POST", `customers/${id}/pieces`, { id: newId(), piece: { kind: "contact", what: { name: `联系人${turns}` } } }),
    ]);
    for (const { status, body } of answers) assert.equal(status, 200, JSON.stringify(body));
    await book.facts(charged(id, `${code}-N${turns}`, "2026-11-05", "2026-12-04", 7));
    if (turns === 3) assert.equal((await officer.write("DELETE", `orders/${first.order.id}`)).status, 200);
  };
  for await (const line of lines(edge, "busy")) {
    busy.push(line);
    if (busy.length % 1_500 === 1) await act();
  }
  assert.ok(turns > 5, `${turns} turns`);
  // Reading itself is told of in the trail: once more in each export than in the one before.
  const ledger = (all) => all.slice(0, -1).filter((line) => !line.startsWith(`["audit",`));
  assert.deepEqual(ledger(busy), ledger(quiet));
  const trail = (all) => (tables(all).get("audit") ?? []).map(([, row]) => row.action);
  assert.deepEqual(trail(busy), [...trail(quiet), "operator_export"]);
  const next = tables(await collect(lines(edge, "busy")));
  const numbers = next.get("item").map(([, row]) => row.number);
  assert.ok(numbers.filter((number) => /-N\d+$/.test(number)).length === turns, "what was written is in the next");
  // Nothing of it stays behind.
  const counts = (await testing(edge, "busy", "counts")).body;
  assert.deepEqual(Object.keys(counts).filter((table) => table.startsWith("export")), []);
});

test("a file that is not whole or was changed is refused, and nothing stays", async () => {
  const book = await Book.create(edge, "small", { demo_today: TODAY });
  const [{ id }] = await book.customers({ code: "S1", name: "海川" });
  await book.facts(...granted(id, "2026-01-01", 1_000), charged(id, "S-1", "2026-10-05", "2026-11-04", 10));
  await book.signIn("officer");
  const file = join(folder, "small.ndjson.gz");
  await save(edge, "small", file);
  const whole = text(file).trimEnd().split("\n");
  const bad = async (change) => {
    const plain = join(folder, "bad.ndjson");
    writeFileSync(plain, `${change(whole).join("\n")}\n`);
    return restore(other, "small", plain);
  };
  await assert.rejects(bad((all) => all.slice(0, -1)), /not whole/);
  await assert.rejects(bad((all) => all.with(3, all[3].replace("海川", "山川").replace(/\d/, "7"))), /not whole, or was changed/);
  await assert.rejects(bad(() => ["{}"]), /no file of a book/);
  await assert.rejects(bad(() => ["号,客户", "1,2"]), /no file of a book/);

  // Somebody who makes the digest fit meets the tables and the trail.
  const { createHash } = await import("node:crypto");
  const sealed = (all) => {
    const lines = all.slice(0, -1);
    const sha256 = createHash("sha256").update(lines.map((line) => `${line}\n`).join("")).digest("hex");
    return [...lines, JSON.stringify({ rows: lines.length - 1, sha256 })];
  };
  const swap = (table, change) => (all) =>
    sealed(all.map((line) => (line.startsWith(`["${table}",`) ? change(line) : line)));
  await assert.rejects(bad(swap("person", (line) => line.replace('["person"', '["sqlite_master"'))), { code: "export_table" });
  await assert.rejects(bad(swap("person", (line) => line.replace('"login"', '"log in"'))), { code: "restore_row" });
  await assert.rejects(bad(swap("item", (line) => line.replace(/"customer":"[^"]*"/, '"customer":"nobody"'))), { code: "restore_row" });
  await assert.rejects(bad(swap("audit", (line) => line.replace(/"action":"[^"]*"/, '"action":"nothing"'))), { code: "restore_trail" });
  await assert.rejects(bad((all) => sealed(all.with(0, JSON.stringify({ xinheng: 1, schema: 999, feed: 1 })))), { code: "export_later" });

  // Nothing stayed: no way in, and the sound file still fits.
  const link = await operator(other, "books/small/links", { door: "desk", login: "admin" });
  assert.equal(link.status, 404);
  await restore(other, "small", file);
  assert.equal((await enter(other, "small", "officer")).session !== undefined, true);
  await assert.rejects(restore(other, "small", file), { code: "book_exists" });
  await assert.rejects(restore(other, "all", file), { code: "book_exists" });
});

test("a book that is half restored is none, and one export ends the other", async () => {
  const post = (what, body) => operator(other, `books/half/${what}`, body);
  assert.equal((await post("restore", { step: "rows", rows: [] })).body.code, "restore_not_begun");
  assert.ok((await post("restore", { step: "begin", schema: 14 })).status < 300);
  assert.equal((await post("restore", { step: "begin", schema: 14 })).body.code, "book_exists");
  assert.equal((await post("links", { door: "desk", login: "admin" })).status, 404);
  assert.equal((await post("export", { step: "begin" })).status, 404);
  assert.equal((await operator(other, "books", { code: "half", name: "半", currency: "CNY", utc_offset_minutes: 480, people: [] })).status, 409);
  assert.equal((await post("restore", { step: "end", rows: 3 })).body.code, "restore_count");
  assert.ok((await post("restore", { step: "discard" })).status < 300);

  await Book.create(edge, "twice", { demo_today: TODAY });
  const one = await operator(edge, "books/twice/export", { step: "begin" });
  const two = await operator(edge, "books/twice/export", { step: "begin" });
  const page = (id) => operator(edge, "books/twice/export", { step: "page", export: id, after: null });
  assert.equal((await page(one.body.export)).body.code, "export_over");
  assert.equal((await page(two.body.export)).status, 200);
  assert.equal((await operator(edge, "books/twice/export", { step: "page", export: two.body.export, after: { table: "link", key: null } })).body.code, "export_table");
  assert.equal((await operator(edge, "books/twice/export", { step: "begin" }, "wrong")).status, 401);
});
