// The credit file at the edge: pieces in versions, who may see and write which, steps by approval, and that the order check
// judges what the file says.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, charged, granted, newId, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

const TODAY = "2026-11-20";
let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

let count = 0;
/** A book of its own with two customers who have limits, one of each salesperson, and those who deal with them. */
async function fresh(...logins) {
  const book = await Book.create(edge, `file-${++count}`, { demo_today: TODAY });
  const [mine, theirs] = await book.customers(
    { code: "C1", name: "海川", salesperson: book.people.sales, since: "2026-01-05" },
    { code: "C2", name: "云岭", salesperson: book.people.sales2 },
  );
  for (const { id } of [mine, theirs]) await book.facts(...granted(id, "2026-11-01", 100_000));
  const callers = {};
  for (const login of ["sales", "officer", "manager", ...logins]) callers[login] = await book.signIn(login);
  return { book, mine, theirs, ...callers };
}

const piece = (kind, what) => ({ kind, what });
const add = (caller, customer, piece, id = newId(), key) => caller.write("POST", `customers/${customer.id}/pieces`, { id, piece }, key);

/** Files a piece and returns its id. */
async function filed(caller, customer, piece) {
  const id = newId();
  const { status, body } = await add(caller, customer, piece, id);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.version, 1);
  return id;
}

/** What stands in a file: kind and content of each piece. */
const file = async (caller, customer, query = "") => (await caller.get(`customers/${customer.id}/file${query}`)).body;
const kinds = async (caller, customer) => [...new Set((await file(caller, customer)).pieces.map(({ piece }) => piece.kind))].toSorted();
const further = async (caller, customer) => (await caller.get(`customers/${customer.id}`)).body.standing.further;

/** Everything that is kept is what the tables give. */
async function sound(book) {
  const { body } = await book.testing("verify");
  assert.deepEqual([body.differing, body.journals, body.further], [[], [], []]);
  return body;
}

const agreement = (more = {}) => piece("agreement", { number: "YL-2026-01", signed: "2026-01-10", from: "2026-01-15", until: "2027-01-14", withholding: true, ...more });
const screening = (kind, more = {}) => piece("screening", { kind, date: "2026-11-10", source: "中国执行信息公开网", ...more });
const licence = piece("licence", { kind: "business_licence", number: "9133", from: "2015-03-01" });
const contact = piece("contact", { name: "王芳", position: "财务", phone: "0574-8888 0000" });
const order = (customer, amount) => ({ id: randomUUID(), customer: customer.id, amount: yuan(amount), terms: { kind: "net", days: 30 } });
const reasons = async (caller, customer, amount = 1_000) => {
  const { status, body } = await caller.ask("POST", "checks", { order: order(customer, amount) });
  assert.equal(status, 200, JSON.stringify(body));
  const { answer } = body.judgement.matter;
  return { verdict: answer.verdict, of: (rule) => answer.reasons.find((reason) => reason.rule === rule) };
};

test("an officer fills a file in, corrects a slip, takes a piece out, and every version stays", async () => {
  const { book, mine, officer, manager } = await fresh();
  const id = await filed(officer, mine, agreement());
  const { feed } = await file(officer, mine);
  const corrected = await officer.change(`pieces/${id}`, 1, { piece: agreement({ number: "YL-2026-02" }) });
  assert.deepEqual([corrected.status, corrected.body.version], [200, 2]);
  const now = await file(officer, mine);
  assert.deepEqual(now.pieces.map(({ version, state, piece }) => [version, state, piece.what.number]), [[2, "stands", "YL-2026-02"]]);
  const before = await file(officer, mine, `?at=${feed}`);
  assert.deepEqual(before.pieces.map(({ version, piece }) => [version, piece.what.number]), [[1, "YL-2026-01"]]);
  assert.ok((await file(officer, mine, `?at=${feed - 1}`)).pieces.length === 0, "before it was written down");
  assert.equal((await manager.change(`pieces/${id}/withdrawal`, 2, { reason: "合同作废" })).body.version, 3);
  assert.deepEqual((await file(officer, mine)).pieces, []);
  const { body, headers } = await officer.get(`pieces/${id}`);
  assert.equal(headers.get("etag"), '"3"');
  assert.deepEqual(body.versions.map(({ version, state, person, recorded }) => [version, state, person, recorded]), [
    [3, "withdrawn", book.people.manager, TODAY],
    [2, "stands", book.people.officer, TODAY],
    [1, "stands", book.people.officer, TODAY],
  ]);
  assert.equal(body.versions[0].reason, "合同作废");
  assert.equal((await officer.change(`pieces/${id}`, 3, { piece: agreement() })).body.code, "piece_gone");
  await sound(book);
});

test("two edits of one version: one wins, the other is told; a change names its version", async () => {
  const { mine, officer, manager } = await fresh();
  const id = await filed(officer, mine, contact);
  const edit = (name) => ({ piece: piece("contact", { name }) });
  const both = await Promise.all([officer.change(`pieces/${id}`, 1, edit("李明")), manager.change(`pieces/${id}`, 1, edit("赵强"))]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 412]);
  const lost = both.find(({ status }) => status === 412).body;
  assert.deepEqual([lost.code, lost.values.current], ["other_version", "2"]);
  assert.equal((await officer.write("POST", `pieces/${id}`, edit("无"))).status, 428);
  assert.equal((await officer.change(`pieces/${id}`, "x", edit("无"))).status, 412);
  assert.equal((await file(officer, mine)).pieces[0].version, 2);
});

test("every write sent three times has one effect", async () => {
  const { book, mine, officer } = await fresh();
  const [id, keys] = [newId(), [randomUUID(), randomUUID(), randomUUID()]];
  const thrice = async (send) => {
    const answers = [await send(), await send(), await send()];
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
    assert.deepEqual(answers[1].body, answers[0].body);
    assert.deepEqual(answers[2].body, answers[0].body);
  };
  await thrice(() => add(officer, mine, contact, id, keys[0]));
  await thrice(() => officer.change(`pieces/${id}`, 1, { piece: piece("contact", { name: "李明" }) }, keys[1]));
  await thrice(() => officer.change(`pieces/${id}/withdrawal`, 2, { reason: "离职" }, keys[2]));
  assert.equal((await officer.get(`pieces/${id}`)).body.versions.length, 3);
  assert.equal((await add(officer, mine, contact, id, keys[0])).status, 200);
  assert.equal((await add(officer, mine, licence, id, keys[0])).body.code, "idempotency_key_reused");
  assert.equal((await add(officer, mine, licence, id)).body.code, "known", "the id is taken");
  const { body } = await book.testing("counts");
  assert.equal(body.piece_version, "3");
});

test("who sells sees the file without statements and score detail, and writes their part of it", async () => {
  const { book, mine, sales, officer, manager, ...others } = await fresh("ops", "collector", "legal", "finance", "auditor", "director");
  const { ops, collector, legal, finance, auditor, director } = others;
  const statement = piece("statement", { end: "2025-12-31", months: 12, scope: "company", source: "customer", audit: "unaudited", currency: "CNY", lines: { total_assets: yuan(5_000_000) } });
  await filed(officer, mine, statement);
  await filed(officer, mine, piece("appraisal", { category: "reputation", value: "good", date: "2026-11-01", by: book.people.officer }));
  await filed(officer, mine, screening("sanctions"));
  await filed(officer, mine, piece("cover", { id: randomUUID(), what: { kind: "deposit", amount: yuan(50_000) }, from: "2026-01-01", done: ["received"] }));
  const hidden = (await file(officer, mine)).pieces[0].id;
  await filed(sales, mine, contact);
  const visit = (kind) => piece("activity", { kind, date: "2026-11-18", by: book.people.sales, text: "上门拜访，谈账期", next: "2026-12-01" });
  await filed(sales, mine, visit("visit"));
  await filed(sales, mine, piece("promise", { what: { made: TODAY, due: "2026-11-30", amount: yuan(1_000) } }));
  for (const forbidden of [statement, agreement(), screening("bankruptcy"), licence]) {
    assert.equal((await add(sales, mine, forbidden)).status, 403, forbidden.kind);
  }
  const open = ["activity", "contact", "promise"];
  assert.deepEqual(await kinds(sales, mine), open);
  assert.equal((await sales.get(`pieces/${hidden}`)).status, 404);
  assert.equal((await officer.get(`pieces/${hidden}`)).status, 200);
  const all = ["activity", "appraisal", "contact", "cover", "promise", "screening", "statement"];
  for (const caller of [officer, manager, finance, auditor, director]) assert.deepEqual(await kinds(caller, mine), all);
  // Whoever answers for it is named, and then sees it.
  for (const caller of [ops, collector, legal]) {
    assert.equal((await caller.get(`customers/${mine.id}/file`)).status, 404);
    await filed(officer, mine, piece("responsible", { person: caller.session.person }));
  }
  assert.deepEqual(await kinds(ops, mine), [...open, "responsible"].toSorted());
  assert.deepEqual(await kinds(collector, mine), [...open, "cover", "responsible"].toSorted());
  assert.deepEqual(await kinds(legal, mine), [...all, "responsible"].toSorted());
  assert.equal((await add(collector, mine, visit("visit"))).status, 403, "a collector calls");
  await filed(collector, mine, visit("call"));
  await filed(legal, mine, agreement());
  await filed(finance, mine, piece("reference", { kind: "bank", from: "中国银行", date: "2026-11-01", text: "授信正常" }));
  assert.equal((await add(finance, mine, piece("reference", { kind: "trade", from: "同行", date: "2026-11-01", text: "好" }))).status, 403);
  assert.equal((await add(auditor, mine, contact)).status, 403);
  const stage = piece("stage", { date: TODAY, from: "active", to: "ended", asked_by: book.people.officer, approved_by: book.people.manager, reason: "x" });
  assert.equal((await add(manager, mine, stage)).status, 403, "steps come about by approval");
  await sound(book);
});

test("someone else's customer is not there, whatever is asked of it", async () => {
  const { theirs, sales, officer } = await fresh();
  const id = await filed(officer, theirs, contact);
  const asks = [
    sales.get(`customers/${theirs.id}/file`),
    sales.get(`pieces/${id}`),
    add(sales, theirs, contact),
    sales.change(`pieces/${id}`, 1, { piece: contact }),
    sales.change(`pieces/${id}/withdrawal`, 1, { reason: "x" }),
    sales.write("POST", `customers/${theirs.id}/steps`, { id: newId(), to: "ended", reason: "x" }),
    sales.change(`customers/${theirs.id}`, 1, { customer: theirs }),
  ];
  for (const { status, body } of await Promise.all(asks)) assert.deepEqual([status, body.code], [404, "not_found"]);
  assert.deepEqual((await sales.get("pieces")).body.pieces, []);
  assert.equal((await officer.get("pieces")).body.pieces.length, 1);
});

test("a device asks what changed since, page by page, and gets only what its owner may see", async () => {
  const { mine, theirs, sales, officer } = await fresh();
  const ids = [await filed(officer, mine, contact), await filed(officer, theirs, contact), await filed(officer, mine, screening("sanctions"))];
  const first = (await sales.get("pieces")).body;
  assert.deepEqual(first.pieces.map(({ customer, kind, piece }) => [customer, kind, piece.id]), [[mine.id, "contact", ids[0]]]);
  assert.equal(first.more, false);
  await officer.change(`pieces/${ids[0]}/withdrawal`, 1, { reason: "离职" });
  const next = (await sales.get(`pieces?since=${first.feed}`)).body;
  assert.deepEqual(next.pieces.map(({ piece }) => [piece.id, piece.state, piece.piece]), [[ids[0], "withdrawn", undefined]]);
  assert.deepEqual((await sales.get(`pieces?since=${next.feed}`)).body.pieces, []);
  assert.deepEqual((await officer.get("pieces")).body.pieces.length, 3);
});

test("whoever a file names gets the customer on their device, and loses it when they are named no longer", async () => {
  const { book, mine, officer, ops } = await fresh("ops");
  const first = (await ops.get("sync")).body;
  assert.deepEqual(first.customers, []);
  const id = await filed(officer, mine, piece("responsible", { person: book.people.ops }));
  const second = (await ops.get(`sync?since=${first.feed}`)).body;
  assert.deepEqual(second.customers.map(({ customer }) => customer.id), [mine.id]);
  assert.deepEqual((await ops.get(`sync?since=${second.feed}`)).body.customers, []);
  await officer.change(`pieces/${id}`, 1, { piece: piece("responsible", { person: book.people.legal }) });
  const third = (await ops.get(`sync?since=${second.feed}`)).body;
  assert.deepEqual([third.customers, third.gone], [[], [mine.id]]);
  assert.equal((await ops.get(`customers/${mine.id}`)).status, 404);
  assert.equal((await ops.get(`sync?since=${third.feed}`)).body.gone, undefined);
});

test("bad input is refused with its place, and nothing changes", async () => {
  const { book, mine, theirs, officer } = await fresh();
  await book.facts(charged(theirs.id, "T-1", "2026-10-01", "2026-10-31", 500));
  const [{ fact }] = [charged(theirs.id, "T-2", "2026-10-01", "2026-10-31", 500)];
  await book.facts({ customer: theirs.id, date: "2026-10-01", fact });
  const { body: before } = await book.testing("counts");
  const text = (text) => piece("activity", { kind: "call", date: TODAY, by: book.people.sales, text });
  const promise = (more) => piece("promise", { what: { made: TODAY, due: "2026-12-01", amount: yuan(1), ...more } });
  const relation = (more) => piece("relation", { customer: mine.id, date: TODAY, link: { kind: "branch", of: theirs.id }, source: "公示系统", ...more });
  const bad = [
    ["bidi", text("好\u202e坏"), 422, "piece.what.text"],
    ["isolate", text("\u2066x"), 422, "piece.what.text"],
    ["NUL", text("a\0b"), 422, "piece.what.text"],
    ["zero width", text("\u200b"), 422, "piece.what.text"],
    ["blank", text("  "), 422, "piece.what.text"],
    ["long text", text("长".repeat(2001)), 422, "piece.what.text"],
    ["far date", agreement({ from: "2999-01-01" }), 422, "piece.what.from"],
    ["ancient date", agreement({ from: "1024-01-01" }), 422, "piece.what.from"],
    ["no date", agreement({ from: "2026-02-30" }), 422, "piece.what.from"],
    ["tomorrow's check", screening("sanctions", { date: "2026-11-21" }), 422, "piece"],
    ["a float for money", promise({ amount: { amount: 1.5, currency: "CNY" } }), 422, "piece.what.what.amount.amount"],
    ["too many decimals", promise({ amount: { amount: "1.555", currency: "CNY" } }), 422, "piece.what.what.amount"],
    ["no currency", promise({ amount: { amount: "1.00", currency: "XXQ" } }), 422, "piece.what.what.amount.currency"],
    ["beyond", promise({ amount: { amount: "99999999999999999999.00", currency: "CNY" } }), 422, "piece.what.what.amount"],
    ["unknown kind", piece("gossip", { text: "x" }), 422, "piece.kind"],
    ["unknown field", agreement({ colour: "red" }), 422, "piece.what.colour"],
    ["unknown screening", screening("astrology"), 422, "piece.what.kind"],
    ["no body", piece("agreement"), 422, "piece"],
    ["nobody", piece("activity", { kind: "call", date: TODAY, by: randomUUID(), text: "x" }), 422, "piece"],
    ["another's document", piece("promise", { what: promise().what.what, items: [fact.id] }), 422, "piece"],
    ["another's relation", relation({ customer: theirs.id }), 422, "piece"],
    ["a branch of itself", relation({ link: { kind: "branch", of: mine.id } }), 422, "piece"],
    ["a branch of nobody", relation({ link: { kind: "branch", of: randomUUID() } }), 422, "piece"],
    ["many entries", piece("registration", { products: Array(501).fill("x") }), 422, "piece.what.products"],
    ["too long in all", piece("registration", { products: Array(20).fill("长".repeat(1999)) }), 422, "piece"],
  ];
  for (const [name, piece, status, field] of bad) {
    const answer = await add(officer, mine, piece);
    assert.equal(answer.status, status, `${name}: ${JSON.stringify(answer.body)}`);
    assert.ok(answer.body.field?.startsWith(field) ?? false, `${name}: ${answer.body.field} ${answer.body.detail}`);
  }
  assert.equal((await add(officer, mine, text("x".repeat(1_000_000)))).status, 413);
  assert.equal((await add(officer, mine, contact, randomUUID())).body.code, "id", "no UUID v7");
  assert.equal((await officer.write("POST", `customers/${mine.id}/pieces`, { id: newId(), piece: contact, role: "admin" })).status, 422);
  assert.equal((await officer.get(`customers/${mine.id}/file?kind=gossip`)).status, 422);
  const { body: now } = await book.testing("counts");
  for (const table of ["piece", "piece_version", "piece_personal", "audit", "further"]) assert.equal(now[table], before[table], table);
});

test("a piece stays of its kind, and the tables themselves refuse what was never written", async () => {
  const { book, mine, officer } = await fresh();
  const id = await filed(officer, mine, agreement());
  assert.equal((await officer.change(`pieces/${id}`, 1, { piece: licence })).body.code, "other_kind");
  for (const sql of [
    "UPDATE piece_version SET body = NULL",
    "DELETE FROM piece_version",
    "DELETE FROM piece",
    `INSERT INTO piece_version SELECT feed + 1000, piece, customer, kind, 7, state, dated, recorded, person, body, personal, reason FROM piece_version`,
    `INSERT INTO piece_version SELECT feed + 1000, piece, customer, 'licence', 2, state, dated, recorded, person, body, personal, reason FROM piece_version`,
    `INSERT INTO piece_version SELECT feed + 1000, piece, customer, kind, 2, state, '2026-13-01', recorded, person, body, personal, reason FROM piece_version`,
  ]) {
    const answer = await book.testing("meddle", sql);
    assert.equal(answer.status, 500, sql);
  }
  assert.equal((await officer.get(`pieces/${id}`)).body.versions.length, 1);
});

test("personal data stands apart and can be erased; the versions stay", async () => {
  const { book, mine, sales, officer } = await fresh();
  const id = await filed(sales, mine, contact);
  await sales.change(`pieces/${id}`, 1, { piece: piece("contact", { name: "王芳芳", phone: "139" }) });
  assert.equal((await officer.change(`pieces/${await filed(officer, mine, licence)}/erasure`, 1, { reason: "x" })).body.code, "impersonal");
  assert.equal((await sales.change(`pieces/${id}/erasure`, 2, { reason: "本人要求" })).status, 403);
  assert.equal((await officer.change(`pieces/${id}/erasure`, 2, { reason: "本人要求" })).status, 200);
  const { versions } = (await officer.get(`pieces/${id}`)).body;
  assert.deepEqual(versions.map(({ version, state, piece }) => [version, state, piece]), [[3, "erased", undefined], [2, "stands", undefined], [1, "stands", undefined]]);
  assert.equal((await book.testing("counts")).body.piece_personal, "0");
  assert.equal((await officer.change(`pieces/${id}/erasure`, 3, { reason: "再来" })).body.code, "piece_gone");
  assert.ok(!JSON.stringify(await file(officer, mine)).includes("王芳"));
  await sound(book);
});

test("a file that nobody began holds no order; one that was begun is judged, on trial first", async () => {
  const { book, mine, sales, officer } = await fresh();
  assert.equal((await reasons(sales, mine)).verdict, "approve");
  assert.equal(await further(sales, mine), undefined);
  const id = await filed(officer, mine, agreement());
  await filed(officer, mine, licence);
  for (const kind of ["dishonest_debtor", "consumption_restricted", "enforcement_debtor", "abnormal_operation", "licence_revoked", "bankruptcy", "sanctions"]) {
    await filed(officer, mine, screening(kind));
  }
  let { of } = await reasons(sales, mine);
  assert.deepEqual(["agreement", "licence", "screening"].map((rule) => of(rule).verdict), ["approve", "approve", "approve"]);
  assert.equal(of("file").verdict, "warn", "less than 60 % of what a file must hold");
  const kept = await further(sales, mine);
  assert.equal(kept.agreements.length, 1);
  assert.equal(kept.agreements[0].number, undefined, "without its text");
  await officer.change(`pieces/${id}/withdrawal`, 1, { reason: "作废" });
  await filed(officer, mine, screening("bankruptcy", { date: "2026-11-19", found: "(2026)浙02破3号" }));
  ({ of } = await reasons(sales, mine));
  assert.deepEqual([of("agreement").verdict, of("agreement").eased], ["warn", { from: "hold", by: "trial" }]);
  assert.deepEqual([of("screening").verdict, of("screening").eased.from], ["warn", "hold"]);
  await sound(book);
});

test("once a rule is no longer on trial it holds, and whoever has no file too", async () => {
  const { book, mine, theirs, sales, officer, manager } = await fresh("sales2");
  await filed(officer, mine, agreement());
  const { policy } = (await officer.get("policies")).body.versions[0];
  policy.order_rules.trial = policy.order_rules.trial.filter((rule) => rule !== "agreement");
  const { version } = (await officer.write("POST", "policies", { policy })).body;
  assert.equal((await manager.write("POST", `policies/${version}/approval`)).status, 200);
  assert.equal((await reasons(sales, mine)).of("agreement").verdict, "approve");
  const { verdict, of } = await reasons(officer, theirs);
  assert.deepEqual([verdict, of("agreement").verdict], ["hold", "hold"]);
  await sound(book);
});

test("broken promises, cover and a stopped reminder ladder reach the order check, and payments keep a promise", async () => {
  const { book, mine, sales, officer, ...others } = await fresh("collector", "finance");
  const document = charged(mine.id, "I-1", "2026-09-01", "2026-10-01", 5_000);
  await book.facts(document);
  const promise = (due, amount) => piece("promise", { what: { made: "2026-10-10", due, amount: yuan(amount) }, items: [document.fact.id] });
  await filed(sales, mine, promise("2026-10-20", 1_000));
  const second = await filed(officer, mine, promise("2026-11-05", 2_000));
  let kept = await further(sales, mine);
  assert.deepEqual(kept.broken, [{ since: "2026-10-24", missing: yuan(1_000) }, { since: "2026-11-09", missing: yuan(2_000) }]);
  assert.equal((await reasons(sales, mine)).of("promise").verdict, "hold", "two within 180 days");
  // The money had come in time, and nobody had written it down.
  const received = { receipt: randomUUID(), customer: mine.id, date: "2026-10-19", amount: yuan(1_000), apply: [] };
  assert.equal((await others.finance.write("POST", "receipts", received)).status, 200);
  await sound(book);
  kept = await further(sales, mine);
  assert.deepEqual(kept.broken, [{ since: "2026-11-09", missing: yuan(2_000) }]);
  await officer.change(`pieces/${second}/withdrawal`, 1, { reason: "误录" });
  assert.deepEqual((await further(sales, mine)).broken, []);
  // Cover that is good.
  await filed(officer, mine, piece("cover", { id: randomUUID(), what: { kind: "bank_letter", amount: yuan(30_000) }, from: "2026-01-01", until: "2026-12-31", done: ["confirmed"] }));
  assert.deepEqual((await further(sales, mine)).cover, [{ works: "uplift", amount: yuan(30_000), until: "2026-12-31" }]);
  // The formal demand went out.
  await filed(officer, mine, piece("notice", { date: "2026-11-12", step: "formal", items: [document.fact.id] }));
  assert.deepEqual((await further(sales, mine)).dunning, { step: "formal", since: "2026-11-12" });
  assert.equal((await reasons(sales, mine)).of("dunning").verdict, "hold");
  await sound(book);
});

test("a dispute leaves the overdue rules once somebody other than sales accepts it, until it is closed", async () => {
  const { book, mine, sales, officer } = await fresh();
  const document = charged(mine.id, "I-1", "2026-09-01", "2026-10-01", 5_000);
  await book.facts(document);
  const dispute = (more) => piece("dispute", { item: document.fact.id, date: "2026-11-10", reason: "重量不符", ...more });
  const disputed = async () => (await sales.get(`customers/${mine.id}`)).body.standing.open.map((bucket) => bucket.disputed);
  const id = await filed(sales, mine, dispute());
  assert.deepEqual(await disputed(), [true]);
  assert.equal((await add(sales, mine, piece("dispute_accepted", { item: document.fact.id, date: TODAY }))).status, 403);
  await filed(officer, mine, piece("dispute_accepted", { item: document.fact.id, date: "2026-11-12" }));
  assert.deepEqual((await further(sales, mine)).accepted, [{ due: "2026-10-01", accepted: "2026-11-12", documents: 1, amount: yuan(5_000) }]);
  await sound(book);
  assert.equal((await sales.change(`pieces/${id}`, 1, { piece: dispute({ closed: "2026-11-21" }) })).body.code, "future");
  await sales.change(`pieces/${id}`, 1, { piece: dispute({ closed: "2026-11-19" }) });
  assert.deepEqual(await disputed(), [false]);
  assert.deepEqual((await further(sales, mine)).accepted, []);
  // Taken out while it is open, it is closed as well.
  const again = await filed(sales, mine, dispute({ date: TODAY }));
  assert.deepEqual(await disputed(), [true]);
  await sales.change(`pieces/${again}/withdrawal`, 1, { reason: "误录" });
  assert.deepEqual(await disputed(), [false]);
  await sound(book);
});

test("a group shares its limit: what one member owes the next is held for", async () => {
  const { book, mine, theirs, sales, officer, manager } = await fresh("sales2");
  const control = (customer, by) => piece("relation", { customer: customer.id, date: "2026-06-01", link: { kind: "control", by }, source: "股东名册" });
  const person = { kind: "outside", name: "陈某" };
  await filed(officer, mine, control(mine, person));
  assert.equal((await further(sales, mine)).group, undefined, "alone");
  const relation = await filed(officer, theirs, control(theirs, person));
  await filed(manager, theirs, piece("group_limit", { from: "2026-06-01", limit: { kind: "amount", amount: yuan(50_000) } }));
  assert.deepEqual((await further(sales, mine)).group, { others: 1, exposure: yuan(0), limit: { kind: "amount", amount: yuan(50_000) } });
  assert.equal((await reasons(sales, mine, 20_000)).of("group").verdict, "approve");
  // The other member's order counts at once.
  const confirmed = await officer.write("POST", "orders", { order: order(theirs, 40_000), decision: randomUUID() });
  assert.equal(confirmed.body.status, "confirmed");
  await sound(book);
  assert.equal((await reasons(sales, mine, 20_000)).of("group").verdict, "hold");
  assert.deepEqual((await further(sales, mine)).group.exposure, yuan(40_000));
  // A circle is refused, and nothing of it stays.
  const branch = (customer, of) => piece("relation", { customer: customer.id, date: "2026-07-01", link: { kind: "branch", of: of.id }, source: "公示系统" });
  await filed(officer, mine, branch(mine, theirs));
  assert.equal((await add(officer, theirs, branch(theirs, mine))).body.code, "circle");
  await sound(book);
  await officer.change(`pieces/${relation}/withdrawal`, 1, { reason: "股权已转让" });
  assert.equal((await further(sales, mine)).group.others, 1, "still a branch of it");
  await sound(book);
});

test("what a day changes is read anew on the day, reaches devices, and what a device knew can be told", async () => {
  const book = await Book.create(edge, `file-${++count}`);
  const now = Date.now();
  const day = (days) => new Date(now + days * 86_400_000).toISOString().slice(0, 10);
  try {
    await edge.setClock(new Date(now).toISOString());
    const [mine] = await book.customers({ code: "C1", name: "海川", salesperson: book.people.sales });
    await book.facts(...granted(mine.id, day(-5), 100_000));
    const [sales, officer] = [await book.signIn("sales"), await book.signIn("officer")];
    await filed(officer, mine, piece("licence", { kind: "business_licence", number: "9133", from: day(-400), until: day(1) }));
    const first = (await sales.get("sync")).body;
    const { complete } = first.customers[0].standing.further;
    const wanted = order(mine, 1_000);
    const judged = (await sales.ask("POST", "checks", { order: wanted })).body;
    const device = { as_of: judged.judgement.as_of, feed: first.feed, policy_version: first.policy.version, digest: judged.digest };
    await edge.setClock(new Date(now + 4 * 86_400_000).toISOString());
    const [again, boss] = [await book.signIn("sales"), await book.signIn("officer")];
    const second = (await again.get(`sync?since=${first.feed}`)).body;
    assert.equal(second.customers.length, 1, "the licence ran out, nobody did anything");
    assert.ok(Number(second.customers[0].standing.further.complete) < Number(complete));
    assert.deepEqual((await again.get(`sync?since=${second.feed}`)).body.customers, []);
    await filed(boss, mine, agreement());
    await sound(book);
    const { body } = await again.write("POST", "orders", { order: wanted, decision: randomUUID(), device });
    assert.equal(body.device?.same, true, JSON.stringify(body));
    await sound(book);
  } finally {
    await edge.setClock(new Date(now).toISOString());
  }
});

test("a prospect is made by hand, changed in versions, and goes its way by approval", async () => {
  const { book, sales, officer, manager, mine, ...others } = await fresh("sales2", "director");
  const id = newId();
  const customer = { id, code: "P1", name: "新锐供应链", stage: "prospect", salesperson: book.people.sales, currency: "CNY" };
  const make = (caller, more) => caller.write("POST", "customers", { customer: { ...customer, ...more } });
  assert.equal((await make(sales, { stage: "active" })).body.field, "customer.stage");
  assert.equal((await make(sales, { salesperson: book.people.sales2 })).body.field, "customer.salesperson");
  assert.equal((await make(sales, { credit_code: "91330100799655058C" })).status, 422, "the check digit");
  assert.equal((await make(sales, { id: randomUUID() })).body.code, "id");
  assert.equal((await make(sales, { name: "坏\u202e名" })).body.field, "customer.name");
  const made = await make(sales);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.equal((await make(sales, { id: newId() })).body.code, "known", "the code is taken");
  assert.equal((await sales.get("sync")).body.customers.length, 2);
  const known = { credit_code: "91330100799655058B", contact: { name: "刘洋" } };
  const changed = await sales.change(`customers/${id}`, made.body.version, { customer: { ...customer, ...known } });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.equal((await officer.change(`customers/${id}`, made.body.version, { customer })).status, 412);
  assert.equal((await officer.change(`customers/${id}`, changed.body.version, { customer: { ...customer, stage: "active" } })).body.field, "customer.stage");
  assert.equal((await sales.change(`customers/${mine.id}`, 1, { customer: mine })).status, 403, "no prospect any more");
  // The salesperson asks, and the checklist is not met.
  const ask = (to, step = newId()) => sales.write("POST", `customers/${id}/steps`, { id: step, to, reason: "首单在即" }).then((answer) => ({ step, ...answer }));
  assert.equal((await ask("active")).body.code, "no_step", "one step after the other");
  const { step, status } = await ask("admitted");
  assert.equal(status, 200);
  assert.equal((await ask("ended")).body.code, "step_waits");
  const decide = (caller, step, approve = true) => caller.write("POST", `steps/${step}/decision`, { approve, reason: "资料齐全" });
  const refused = await decide(manager, step);
  assert.deepEqual([refused.status, refused.body.code], [409, "step_not_ready"]);
  const lacking = (await file(sales, { id })).steps.find(({ to }) => to === "admitted").missing.map(({ need }) => need.licence ?? need.screening ?? need.kind);
  assert.deepEqual(lacking.toSorted(), ["abnormal_operation", "business_licence", "dishonest_debtor", "legal_representative", "licence_revoked", "sanctions"]);
  await filed(sales, { id }, piece("registration", { legal_representative: "刘洋" }));
  await filed(sales, { id }, licence);
  for (const kind of ["dishonest_debtor", "abnormal_operation", "licence_revoked", "sanctions"]) await filed(officer, { id }, screening(kind));
  assert.equal((await decide(sales, step)).status, 403);
  assert.equal((await decide(manager, step)).status, 200);
  assert.equal((await decide(others.director, step)).body.code, "step_decided");
  const { customer: sheet, pieces, asked } = await file(sales, { id });
  assert.equal(sheet.stage, "admitted");
  assert.equal(pieces.find(({ piece }) => piece.kind === "stage").piece.what.approved_by, book.people.manager);
  assert.deepEqual([asked[0].decided.approved, asked[0].decided.by], [true, book.people.manager]);
  // Nobody decides what they asked for.
  const own = newId();
  await manager.write("POST", `customers/${id}/steps`, { id: own, to: "ended", reason: "不做了" });
  assert.equal((await decide(manager, own)).body.code, "own_step");
  assert.equal((await decide(others.director, own, false)).status, 200);
  assert.equal((await file(officer, { id })).customer.stage, "admitted");
  await sound(book);
});

test("the credit report is one call, for those who may see score detail", async () => {
  const { book, mine, sales, officer, ...others } = await fresh("auditor", "director");
  await book.facts(charged(mine.id, "I-1", "2026-09-01", "2026-10-01", 5_000));
  await filed(officer, mine, agreement());
  await filed(officer, mine, piece("matter", { kind: "limitation", due: "2026-10-01" }));
  assert.equal((await sales.get(`customers/${mine.id}/report`)).status, 403);
  for (const caller of [officer, others.auditor, others.director]) {
    const { status, body } = await caller.get(`customers/${mine.id}/report`);
    assert.equal(status, 200);
    assert.equal(body.papers.agreements[0][1].state, "in_force");
    assert.equal(body.clocks.length, 1);
    assert.ok(body.score && body.rating && body.dossier && body.completeness);
    assert.equal(body.standing.further.agreements.length, 1);
  }
  const { entries } = (await officer.get("audit")).body;
  assert.ok(entries.some(({ entry }) => entry.action === "read_report" && entry.subject === mine.id), "what was delivered is written down");
});

test("writes are audited in their transaction, and survive a power cut", async () => {
  const { book, mine, officer } = await fresh();
  const id = await filed(officer, mine, agreement());
  assert.equal((await add(officer, mine, piece("alias", { name: "海川物流" }), newId())).status, 200);
  await edge.kill();
  await edge.restart();
  const again = await book.signIn("officer");
  assert.equal((await file(again, mine)).pieces.length, 2);
  assert.equal((await again.get(`pieces/${id}`)).body.versions.length, 1);
  const { entries } = (await again.get(`audit?subject=${mine.id}`)).body;
  assert.deepEqual(entries.map(({ entry }) => entry.action), ["add_piece", "add_piece"]);
  assert.equal((await again.get("audit/verification")).body.broken, undefined);
  await sound(book);
});
