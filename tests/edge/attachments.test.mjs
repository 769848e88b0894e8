// Files attached to what the book holds: what is taken, who sees them, how they go out, what is left of one that was removed,
// and what nobody attached anything by.

import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { after, before, test } from "node:test";
import { Book, charged, granted, newId, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";
import { workbook, zip } from "../tools/xlsx.mjs";

const TODAY = "2026-11-20";
const PDF = Buffer.from("%PDF-1.7\n1 0 obj\n<< >>\nendobj\n");
let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

const refused = ({ status, body }) => [status, body?.code];
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
const count = async (book, table) => Number((await book.testing("counts")).body[table]);

/** Sends a file to be attached. */
async function attach(caller, customer, bytes, { key = randomUUID(), headers = {}, ...query } = {}) {
  const asked = new URLSearchParams({ id: newId(), name: "附件.pdf", ...query });
  const all = { "content-type": "application/octet-stream", "idempotency-key": key, cookie: caller.cookie, ...headers };
  const response = await edge.fetch(`/api/v1/customers/${customer}/attachments?${asked}`, { method: "POST", headers: all, body: bytes });
  const answer = { status: response.status, body: await response.json() };
  edge.contract.check({ method: "POST", path: `/api/v1/customers/${customer}/attachments`, status: answer.status, type: response.headers.get("content-type"), body: answer.body });
  return answer;
}

const list = async (caller, customer, query = "") => (await caller.get(`customers/${customer}/attachments${query}`)).body.attachments;

let books = 0;
/** A book with a customer of `sales`, to whom something of everything belongs that a file can be attached to. */
async function fresh(...logins) {
  const book = await Book.create(edge, `attached-${++books}`, { demo_today: TODAY });
  const callers = {};
  for (const login of ["sales", "officer", ...logins]) callers[login] = await book.signIn(login);
  const [{ id: customer }, { id: other }] = await book.customers(
    { code: "MINE", name: "海川", salesperson: book.people.sales },
    { code: "OTHERS", name: "云岭", salesperson: book.people.sales2 },
  );
  const document = charged(customer, "I-1", "2026-10-05", "2026-11-04", 500);
  await book.facts(document, ...granted(customer, "2026-01-01", 100_000));
  const { officer, sales } = callers;
  const file = async (piece) => {
    const id = newId();
    const { status, body } = await officer.write("POST", `customers/${customer}/pieces`, { id, piece });
    assert.equal(status, 200, JSON.stringify(body));
    return id;
  };
  const dispute = await file({ kind: "dispute", what: { item: document.fact.id, date: TODAY, reason: "价格" } });
  const judged = await file({ kind: "screening", what: { kind: "sanctions", date: TODAY, source: "OFAC" } });
  const contact = await file({ kind: "contact", what: { name: "王芳" } });
  const order = { id: randomUUID(), customer, amount: yuan(1), terms: { kind: "prepaid" } };
  const decision = (await officer.write("POST", "orders", { order, decision: randomUUID() })).body.decision.id;
  const application = randomUUID();
  const asked = { limit: { kind: "amount", amount: yuan(100_001) }, reason: "备货" };
  assert.equal((await sales.write("POST", "applications", { application, customer, asked })).status, 200);
  return { book, customer, other, dispute, judged, contact, decision, application, ...callers };
}

test("a file comes in in parts and goes out as it was, to be saved and never as a page", async () => {
  const { book, customer, dispute, decision, application, sales } = await fresh();
  // One of exactly one part, one a byte longer, and one as large as is taken.
  const lines = (length) => Buffer.from("提单号 \u00e9\n".repeat(length / 13 + 1)).subarray(0, length);
  const files = [PDF, ...[262_144, 262_145].map((length) => Buffer.concat([PDF, randomBytes(length - PDF.length)]))];
  const objects = [["customer", customer], ["piece", dispute], ["decision", decision], ["application", application]];
  for (const [place, bytes] of files.entries()) {
    const [to, object] = objects[place];
    const { status, body } = await attach(sales, customer, bytes, { to, object });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.to, body.object, body.kind, body.bytes, body.digest], [to, object, "pdf", bytes.length, digest(bytes)]);
    const out = await sales.get(`attachments/${body.attachment}`);
    assert.equal(out.status, 200);
    assert.ok(bytes.equals(out.body), "the same bytes");
    const head = Object.fromEntries(["content-type", "x-content-type-options", "cache-control", "content-disposition"].map((name) => [name, out.headers.get(name)]));
    assert.deepEqual(head, {
      "content-type": "application/octet-stream", "x-content-type-options": "nosniff", "cache-control": "no-store",
      "content-disposition": `attachment; filename="__.pdf"; filename*=UTF-8''%E9%99%84%E4%BB%B6.pdf`,
    });
    assert.match(out.headers.get("content-security-policy"), /default-src 'none'.*sandbox/);
  }
  const most = lines(10 * 1024 * 1024 - 2);
  const large = await attach(sales, customer, most, { to: "application", object: application, name: "大.txt" });
  assert.equal(large.status, 200, JSON.stringify(large.body));
  assert.ok(most.equals((await sales.get(`attachments/${large.body.attachment}`)).body));
  assert.deepEqual((await list(sales, customer)).map(({ to }) => to), ["application", "decision", "piece", "customer"]);
  assert.deepEqual((await list(sales, customer, `?object=${dispute}`)).map(({ to }) => to), ["piece"]);
  // Page by page.
  const first = (await sales.get(`customers/${customer}/attachments?limit=3`)).body;
  const rest = (await sales.get(`customers/${customer}/attachments?limit=3&after=${first.next}`)).body;
  assert.deepEqual([first.attachments.length, rest.attachments.length, rest.next], [3, 1, undefined]);
  const trail = (await (await book.signIn("auditor")).get("audit")).body.entries.map(({ entry }) => entry.action);
  assert.equal(trail.filter((action) => action === "add_attachment").length, 4);
  assert.equal(trail.filter((action) => action === "read_attachment").length, 4);
});

test("what is taken shows in the bytes, and the name says so", async () => {
  const { customer, officer } = await fresh();
  const sheet = workbook({ 表: [["a", "b"], ["1", "2"]] });
  const document = zip({ "[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>" });
  const taken = [
    ["a.png", Buffer.from("89504e470d0a1a0a00", "hex"), "png"], ["a.jpeg", Buffer.from("ffd8ffe000", "hex"), "jpeg"], ["a.xlsx", sheet, "xlsx"], ["a.DOCX", document, "docx"],
    ["发票.ofd", zip({ "OFD.xml": "<OFD/>" }), "ofd"], ["a.csv", Buffer.from("单号,金额\n"), "text"], ["a.txt", Buffer.from("cdb6cbdf", "hex"), "text"],
  ];
  for (const [name, bytes, kind] of taken) {
    const { status, body } = await attach(officer, customer, bytes, { name });
    assert.deepEqual([status, body.kind], [200, kind], `${name} ${JSON.stringify(body)}`);
  }
  const before = await list(officer, customer);
  for (const [name, bytes, status, code] of [
    ["a.pdf", Buffer.from("MZ\u0090\u0000"), 422, "attachment_kind"],
    ["a.zip", zip({ "a.txt": "a" }), 422, "attachment_kind"],
    ["a.xlsm", zip({ "xl/workbook.xml": "<w/>", "xl/vbaProject.bin": "x" }), 422, "attachment_kind"],
    ["a.html", Buffer.from("<script>alert(1)</script>"), 422, "attachment_ending"],
    ["a.svg", Buffer.from("<svg onload=alert(1)>"), 422, "attachment_ending"],
    ["a.png", PDF, 422, "attachment_ending"],
    ["../a.pdf", PDF, 422, "attachment_name"],
    ["a\u202efdp.pdf", PDF, 422, "attachment_name"],
    ["a\r\nx-header: 1.pdf", PDF, 422, "attachment_name"],
    ["a.pdf", Buffer.alloc(0), 422, "attachment_empty"],
    ["a.txt", Buffer.alloc(10 * 1024 * 1024 + 1, 32), 413, "too_long"],
  ]) {
    assert.deepEqual(refused(await attach(officer, customer, bytes, { name })), [status, code], name);
  }
  assert.deepEqual(await list(officer, customer), before);
  // Quotes and line ends in a name never reach the header.
  const { body } = await attach(officer, customer, PDF, { name: "a'; b=c.pdf" });
  assert.equal((await officer.get(`attachments/${body.attachment}`)).headers.get("content-disposition"), `attachment; filename="a__ b_c.pdf"; filename*=UTF-8''a%27%3B%20b%3Dc.pdf`);
});

test("who sees a thing sees what is attached to it, and nobody else", async () => {
  const { book, customer, other, dispute, judged, decision, application, sales, officer, ...rest } = await fresh("sales2", "ops", "auditor", "admin");
  assert.equal((await officer.write("POST", `customers/${customer}/pieces`, { id: newId(), piece: { kind: "responsible", what: { person: book.people.ops } } })).status, 200);
  const ids = {};
  for (const [to, object] of [["customer", customer], ["piece", dispute], ["piece", judged], ["decision", decision], ["application", application]]) {
    const { status, body } = await attach(officer, customer, PDF, { to, object });
    assert.equal(status, 200, JSON.stringify(body));
    ids[object] = body.attachment;
  }
  assert.equal(await count(book, "content"), 1, "the same content is kept once");
  const seen = async (caller) => {
    const asked = Object.entries(ids).map(async ([object, id]) => [object, (await caller.get(`attachments/${id}`)).status]);
    return (await Promise.all(asked)).filter(([, status]) => status === 200).map(([object]) => object).toSorted();
  };
  const listed = async (caller) => (await list(caller, customer)).map(({ object }) => object).toSorted();
  const all = Object.keys(ids).toSorted();
  for (const [caller, objects] of [[officer, all], [rest.auditor, all], [sales, all.filter((object) => object !== judged)], [rest.ops, [customer, dispute].toSorted()]]) {
    assert.deepEqual([await seen(caller), await listed(caller)], [objects, objects]);
  }
  assert.deepEqual(await seen(rest.sales2), []);
  assert.deepEqual(refused(await rest.sales2.get(`customers/${customer}/attachments`)), [404, "not_found"]);
  assert.deepEqual(refused(await attach(rest.sales2, customer, PDF)), [404, "not_found"]);
  assert.deepEqual(refused(await rest.admin.get(`attachments/${ids[customer]}`)), [403, "forbidden"]);
  assert.deepEqual(refused(await attach(rest.auditor, customer, PDF)), [403, "forbidden"]);
  // Nothing is attached to what isn't there, isn't the customer's, or is nothing that one may see.
  for (const [caller, to, object, expected] of [
    [sales, "piece", judged, [404, "not_found"]], [sales, "piece", randomUUID(), [404, "not_found"]], [officer, "application", decision, [404, "not_found"]],
    [officer, "customer", other, [404, "not_found"]], [rest.ops, "decision", decision, [404, "not_found"]], [officer, "order", decision, [422, "parameter"]], [officer, "p\u00e9&step=part", decision, [422, "parameter"]],
    [officer, "piece", "x/../y", [422, "parameter"]],
  ]) assert.deepEqual(refused(await attach(caller, customer, PDF, { to, object })), expected, `${to} ${object}`);
  assert.deepEqual(refused(await attach(officer, other, PDF, { to: "piece", object: dispute })), [404, "not_found"]);
  const portal = await book.signIn("MINE", "portal");
  assert.deepEqual(refused(await portal.get(`attachments/${ids[customer]}`)), [403, "forbidden"]);
});

test("of a removed file it stays that it was there", async () => {
  const { book, customer, dispute, sales, officer, finance } = await fresh("finance");
  const [one, same, mine] = [await attach(officer, customer, PDF), await attach(officer, customer, PDF, { to: "piece", object: dispute }), await attach(sales, customer, Buffer.from("单号\n"), { name: "a.csv" })];
  for (const meddling of ["DELETE FROM attachment", "UPDATE attachment SET bytes = 1", "UPDATE content_part SET part = 2", "DELETE FROM content"]) {
    assert.equal((await book.testing("meddle", meddling)).status, 500, meddling);
  }
  assert.deepEqual(refused(await finance.write("DELETE", `attachments/${one.body.attachment}`)), [403, "not_yours"]);
  assert.deepEqual(refused(await sales.write("DELETE", `attachments/${one.body.attachment}`)), [403, "not_yours"]);
  assert.equal((await sales.write("DELETE", `attachments/${mine.body.attachment}`)).status, 200);
  const gone = await officer.write("DELETE", `attachments/${one.body.attachment}`);
  assert.deepEqual([gone.status, gone.body.name, gone.body.removed_by, gone.body.digest], [200, undefined, book.people.officer, digest(PDF)]);
  assert.deepEqual(refused(await officer.get(`attachments/${one.body.attachment}`)), [404, "not_found"]);
  assert.deepEqual(refused(await officer.write("DELETE", `attachments/${one.body.attachment}`)), [404, "not_found"]);
  // What is attached elsewhere, too, is there for that.
  assert.equal((await officer.get(`attachments/${same.body.attachment}`)).status, 200);
  assert.equal(await count(book, "content"), 1);
  assert.equal((await officer.write("DELETE", `attachments/${same.body.attachment}`)).status, 200);
  assert.deepEqual([await count(book, "content"), await count(book, "content_part"), await count(book, "attachment")], [0, 0, 3]);
  const actions = (await officer.get(`audit?subject=${one.body.attachment}`)).body.entries.map(({ entry }) => entry.action);
  assert.deepEqual(actions, ["remove_attachment", "add_attachment"]);
});

test("erasing a person erases what is attached to them", async () => {
  const { book, customer, contact, officer } = await fresh();
  const { body } = await attach(officer, customer, PDF, { to: "piece", object: contact, name: "身份证.pdf" });
  assert.equal((await officer.change(`pieces/${contact}/erasure`, 1, { reason: "本人要求" })).status, 200);
  assert.deepEqual(refused(await officer.get(`attachments/${body.attachment}`)), [404, "not_found"]);
  assert.equal(await count(book, "content"), 0);
  assert.ok(!JSON.stringify(await list(officer, customer)).includes("身份证"));
});

test("sent again it is attached once, and its id is nobody else's", async () => {
  const { book, customer, officer } = await fresh();
  const [id, key] = [newId(), randomUUID()];
  const first = await attach(officer, customer, PDF, { id, key });
  const again = await Promise.all([1, 2].map(() => attach(officer, customer, PDF, { id, key })));
  for (const answer of again) assert.deepEqual(answer, first);
  assert.deepEqual(refused(await attach(officer, customer, PDF, { id, key, name: "b.pdf" })), [409, "idempotency_key_reused"]);
  assert.deepEqual(refused(await attach(officer, customer, PDF, { id })), [409, "known"]);
  assert.deepEqual(refused(await attach(officer, customer, PDF, { headers: { "idempotency-key": "x" } })), [400, "idempotency_key"]);
  assert.deepEqual(refused(await attach(officer, customer, PDF, { id: "x" })), [422, "parameter"]);
  assert.deepEqual(refused(await attach(officer, customer, PDF, { headers: { "content-type": "application/pdf" } })), [415, "body_type"]);
  assert.equal(await count(book, "attachment"), 1);
});

test("so many files to a thing and so many bytes to a book, as an admin sets it", async () => {
  const { book, customer, officer, admin } = await fresh("admin");
  const settings = (await admin.get("settings")).body;
  assert.deepEqual(settings, { version: 0, attached_bytes: 2 ** 30, attached_bytes_used: 0 });
  for (const [attached_bytes, version, expected] of [[2 ** 20 - 1, 0, [422, "attached_bytes"]], [2 ** 33 + 1, 0, [422, "attached_bytes"]], [2 ** 20, 1, [412, "other_version"]], [-1, 0, [422, "body"]]]) {
    assert.deepEqual(refused(await admin.change("settings", version, { attached_bytes })), expected);
  }
  assert.deepEqual(refused(await admin.write("POST", "settings", { attached_bytes: 2 ** 20 })), [428, "no_version"]);
  assert.equal((await admin.change("settings", 0, { attached_bytes: 2 ** 20 })).body.version, 1);
  const most = (seed) => Buffer.concat([PDF, Buffer.alloc(2 ** 19, seed)]);
  assert.equal((await attach(officer, customer, most(1))).status, 200);
  // What is there already needs no room.
  assert.equal((await attach(officer, customer, most(1))).status, 200);
  const over = await attach(officer, customer, most(2));
  assert.deepEqual([...refused(over), over.body.values.left], [409, "no_room", String(2 ** 20 - 2 ** 19 - PDF.length)]);
  assert.equal((await admin.get("settings")).body.attached_bytes_used, 2 ** 19 + PDF.length);
  for (let held = 2; held < 50; held++) assert.equal((await attach(officer, customer, PDF)).status, 200);
  assert.deepEqual(refused(await attach(officer, customer, PDF)), [409, "attachments_full"]);
  assert.equal(await count(book, "attachment"), 50);
});

test("what came in and was attached to nothing is swept after an hour", async () => {
  const { book, customer, officer } = await fresh();
  assert.equal((await attach(officer, customer, PDF)).status, 200);
  // Its content came in, and then it was refused: its id is taken.
  const [{ attachment }] = await list(officer, customer);
  assert.deepEqual(refused(await attach(officer, customer, Buffer.from("没有人要\n"), { id: attachment, name: "a.txt" })), [409, "known"]);
  assert.deepEqual([await count(book, "content"), await count(book, "content_part")], [2, 2]);
  await edge.setClock(new Date(Date.now() + 3_590_000).toISOString());
  const nudge = () => officer.ask("POST", "checks", { order: { id: randomUUID(), customer, amount: yuan(1), terms: { kind: "prepaid" } } });
  assert.equal((await nudge()).status, 200);
  await wait(500);
  assert.equal(await count(book, "content"), 2, "not before its time");
  await edge.setClock(new Date(Date.now() + 3_700_000).toISOString());
  assert.equal((await nudge()).status, 200);
  for (let tries = 0; tries < 50 && (await count(book, "content")) > 1; tries++) await wait(100);
  assert.deepEqual([await count(book, "content"), await count(book, "content_part")], [1, 1]);
  assert.ok(PDF.equals((await officer.get(`attachments/${attachment}`)).body), "what is attached stays");
  await edge.setClock(new Date().toISOString());
});
