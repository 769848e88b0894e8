// Credit applications: asked for by one, granted by another up to an authority, left to the next in the chain, asked back,
// refused, taken back; what an assessment proposes beyond its bound; limits that come in by a file.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, charged, granted, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

const TODAY = "2026-11-20";
let count = 0;

async function fresh(limit = 100_000) {
  const book = await Book.create(edge, `applications-${++count}`, { demo_today: TODAY });
  const [customer, other] = await book.customers(
    { code: "C1", name: "海川", salesperson: book.people.sales },
    { code: "C2", name: "云岭", salesperson: book.people.sales2 },
  );
  if (limit) await book.facts(...granted(customer.id, "2026-11-01", limit), ...granted(other.id, "2026-11-01", limit));
  const logins = ["sales", "sales2", "officer", "manager", "director", "finance", "auditor"];
  const people = Object.fromEntries(await Promise.all(logins.map(async (login) => [login, await book.signIn(login)])));
  return { book, customer, other, ...people };
}

const amount = (value) => ({ kind: "amount", amount: yuan(value) });
const apply = (caller, customer, asked, application = randomUUID()) =>
  caller.write("POST", "applications", { application, customer: customer.id, asked: { reason: "旺季备货", ...asked } });
const at = (caller, method, path, body, version, key = randomUUID()) =>
  caller.ask(method, path, body, { "idempotency-key": key, ...(version !== undefined && { "if-match": `"${version}"` }) });
const answer = (caller, { application, version }, word, reason = "同意", key) =>
  at(caller, "POST", `applications/${application}/answer`, { answer: word, reason }, version, key);
const revise = (caller, { application, version }, asked) =>
  at(caller, "POST", `applications/${application}`, { asked: { reason: "补充材料", ...asked } }, version);
const withdraw = (caller, { application }, version) => at(caller, "DELETE", `applications/${application}`, undefined, version);
const limitOf = async (caller, customer) => (await caller.get(`customers/${customer.id}`)).body.standing.limit?.limit;
const ok = (answer) => (assert.ok(answer.status < 300, JSON.stringify(answer.body)), answer.body);
const refused = (answer, status, code) => assert.deepEqual([answer.status, answer.body?.code], [status, code], JSON.stringify(answer.body));
const inStep = async (book) => assert.deepEqual((await book.testing("verify")).body.differing, []);

test("a salesperson asks for a limit, the officer may not and leaves it to the manager, who grants it", async () => {
  const { book, customer, sales, sales2, officer, manager, auditor } = await fresh();
  const made = ok(await apply(sales, customer, { limit: amount(800_000), until: "2027-06-30", terms: { kind: "net", days: 60 } }));
  assert.deepEqual([made.state, made.role, made.made_by, made.version, made.customer_name], ["open", "manager", book.people.sales, 1, "海川"]);
  assert.deepEqual(await limitOf(sales, customer), amount(100_000), "an application grants nothing");
  const mine = async (caller, query = "") => (await caller.get(`applications${query}`)).body.applications.map(({ application }) => application);
  assert.deepEqual(await mine(sales), [made.application]);
  assert.deepEqual(await mine(sales2), []);
  assert.deepEqual(await mine(manager, "?state=open&role=manager"), [made.application]);
  assert.deepEqual(await mine(manager, "?state=open&role=director"), []);
  refused(await sales2.get(`applications/${made.application}`), 404, "not_found");
  const { grantors } = (await auditor.get(`applications/${made.application}`)).body;
  assert.deepEqual([grantors.lowest, grantors.stake, grantors.roles.map(({ may }) => may)], ["manager", amount(800_000), [false, true, true]]);

  const beyond = await answer(officer, made, "grant");
  refused(beyond, 403, "beyond_authority");
  assert.deepEqual(beyond.body.values, { lowest: "manager" });
  const given = ok(await answer(manager, made, "grant", "评估通过"));
  assert.deepEqual([given.state, given.role], ["granted", undefined]);
  const { standing } = (await sales.get(`customers/${customer.id}`)).body;
  assert.deepEqual(standing.limit, { limit: amount(800_000), since: TODAY, until: "2027-06-30" });
  assert.deepEqual(standing.terms, { kind: "net", days: 60 });
  refused(await answer(manager, given, "grant"), 409, "application_decided");
  refused(await withdraw(sales, given), 409, "application_decided");
  const read = await auditor.get(`applications/${made.application}`);
  assert.equal(read.headers.get("etag"), '"2"');
  assert.deepEqual(read.body.steps.map(({ kind, person, reason }) => [kind, person, reason]), [
    ["made", book.people.sales, "旺季备货"],
    ["granted", book.people.manager, "评估通过"],
  ]);
  const { entries } = (await auditor.get(`audit?subject=${made.application}`)).body;
  assert.deepEqual(entries.map(({ entry }) => entry.action), ["answer_application", "apply"]);
  await inStep(book);
});

test("left to the next in the chain it is theirs, even what the one before could have granted", async () => {
  const { customer, sales, officer, manager, director, book } = await fresh();
  const made = ok(await apply(sales, customer, { limit: amount(300_000) }));
  assert.equal(made.role, "officer");
  const left = ok(await answer(officer, made, "escalate", "客户有诉讼，请经理看"));
  assert.deepEqual([left.state, left.role], ["open", "manager"]);
  refused(await answer(officer, left, "grant"), 403, "beyond_authority");
  refused(await answer(officer, left, "refuse"), 403, "beyond_authority");
  const higher = ok(await answer(manager, left, "escalate", "请总经理定"));
  assert.equal(higher.role, "director");
  refused(await answer(director, higher, "escalate"), 409, "end_of_chain");
  ok(await answer(director, higher, "grant"));
  assert.deepEqual(await limitOf(sales, customer), amount(300_000));
  // Unlimited is only for whoever has no bound; none at all for anybody in the chain.
  const all = ok(await apply(officer, customer, { limit: { kind: "unlimited" } }));
  assert.equal(all.role, "director");
  refused(await answer(manager, all, "grant"), 403, "beyond_authority");
  ok(await answer(director, all, "grant"));
  const nothing = ok(await apply(sales, customer, { limit: { kind: "none" } }));
  assert.equal(nothing.role, "officer");
  ok(await answer(officer, nothing, "grant"));
  assert.deepEqual(await limitOf(sales, customer), { kind: "none" });
  await inStep(book);
});

test("asked back it waits for its maker, who puts it another way; refused or taken back it is over", async () => {
  const { customer, sales, officer, manager } = await fresh();
  const made = ok(await apply(sales, customer, { limit: amount(400_000) }));
  refused(await revise(officer, made, { limit: amount(1) }), 403, "not_maker");
  refused(await withdraw(manager, made), 403, "not_maker");
  const back = ok(await answer(officer, made, "ask_back", "请补三季度报表"));
  assert.equal(back.state, "asked_back");
  refused(await answer(officer, back, "grant"), 409, "application_decided");
  refused(await revise(sales, made, { limit: amount(1) }), 412, "other_version");
  refused(await at(sales, "POST", `applications/${made.application}`, { asked: { limit: amount(1), reason: "a" } }), 428, "no_version");
  const again = ok(await revise(sales, back, { limit: amount(900_000) }));
  assert.deepEqual([again.state, again.role, again.asked.limit, again.version], ["open", "manager", amount(900_000), 3]);
  ok(await answer(manager, again, "refuse", "太高"));
  assert.deepEqual(await limitOf(sales, customer), amount(100_000));
  const second = ok(await apply(sales, customer, { limit: amount(400_000) }));
  ok(await withdraw(sales, second));
  refused(await answer(officer, { ...second, version: 2 }, "grant"), 409, "application_decided");
});

test("a limit for longer, or one that ran out, is at stake in full", async () => {
  const { book, customer, sales, officer, manager } = await fresh(0);
  await book.facts({ customer: customer.id, date: "2026-11-01", fact: { kind: "limit_granted", limit: amount(900_000), until: "2026-12-31" } });
  const lowest = async (asked) => {
    const { role, application } = ok(await apply(sales, customer, asked));
    ok(await withdraw(sales, { application }));
    return role;
  };
  assert.equal(await lowest({ limit: amount(900_000), until: "2026-12-31" }), "officer", "as it is");
  assert.equal(await lowest({ limit: amount(800_000), until: "2026-12-30" }), "officer", "less");
  assert.equal(await lowest({ limit: amount(900_000), until: "2027-01-01" }), "manager", "a day longer");
  assert.equal(await lowest({ limit: amount(900_000) }), "manager", "for ever");
  assert.equal(await lowest({ terms: { kind: "net", days: 60 } }), "manager", "looser terms under it");
  await book.facts({ customer: customer.id, date: "2026-11-02", fact: { kind: "limit_granted", limit: amount(900_000), until: "2026-11-19" } });
  assert.equal(await lowest({ limit: amount(900_000), until: "2026-11-30" }), "manager", "it ran out yesterday");
  const made = ok(await apply(sales, customer, { limit: amount(900_000), until: "2026-11-30" }));
  refused(await answer(officer, made, "grant"), 403, "beyond_authority");
  ok(await answer(manager, made, "grant"));
  await inStep(book);
});

test("nobody answers their own application, not even the last of the chain", async () => {
  const { book, customer, officer, manager } = await fresh();
  const made = ok(await apply(manager, customer, { limit: amount(200_000) }));
  for (const word of ["grant", "refuse", "escalate", "ask_back"]) refused(await answer(manager, made, word), 403, "own_application");
  // Not by somebody who gets at the tables either.
  const forged = await book.testing("meddle", `UPDATE application SET state = 'granted', decided_by = '${book.people.manager}'`);
  assert.equal(forged.status, 500);
  ok(await answer(officer, made, "grant"));
});

test("a temporary limit stands from its first day to its last, and what is held passes by it", async () => {
  const { book, customer, sales, officer, manager } = await fresh();
  const order = { id: randomUUID(), customer: customer.id, amount: yuan(150_000), terms: { kind: "net", days: 30 } };
  assert.equal(ok(await sales.write("POST", "orders", { order, decision: randomUUID() })).status, "held");
  const later = ok(await apply(sales, customer, { temporary: { limit: amount(200_000), from: "2026-12-01", until: "2026-12-31" } }));
  assert.equal(later.role, "officer");
  ok(await answer(officer, later, "grant"));
  assert.equal((await sales.get(`orders/${order.id}`)).body.line.status, "held", "not yet");
  const now = ok(await apply(sales, customer, { temporary: { limit: amount(160_000), from: TODAY, until: "2026-11-30" } }));
  ok(await answer(manager, now, "grant", "旺季"));
  const { line, steps } = (await sales.get(`orders/${order.id}`)).body;
  assert.deepEqual([line.status, steps.map(({ kind }) => kind)], ["confirmed", ["asked", "retested", "retested"]]);
  const { standing } = (await sales.get(`customers/${customer.id}`)).body;
  assert.deepEqual(standing.further.temporary.map(({ until, approved_by }) => [until, approved_by]), [
    ["2026-12-31", book.people.officer],
    ["2026-11-30", book.people.manager],
  ]);
  assert.deepEqual(standing.limit.limit, amount(100_000), "the lasting limit is as it was");
  await inStep(book);
});

test("of two answers to one version one counts, and three times the same answer is one", async () => {
  const { book, customer, sales, officer, manager } = await fresh();
  for (let i = 0; i < 6; i++) {
    const made = ok(await apply(sales, customer, { limit: amount(200_000 + i * 1_000) }));
    const answers = await Promise.all([answer(officer, made, "grant"), answer(manager, made, "refuse", "不"), withdraw(sales, made, 1)]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412, 412]);
  }
  const made = ok(await apply(sales, customer, { limit: amount(333_000) }));
  const before = Number((await book.testing("counts")).body.fact);
  const key = randomUUID();
  const thrice = await Promise.all([1, 2, 3].map(() => answer(officer, made, "grant", "同意", key)));
  for (const { status, body } of thrice) assert.deepEqual([status, body], [200, thrice[0].body]);
  assert.equal(Number((await book.testing("counts")).body.fact), before + 1);
  await inStep(book);
});

test("an assessment grants by itself up to its bound; beyond it somebody must, and the fact names the assessment", async () => {
  const { book, customer, officer, manager, director } = await fresh(0);
  // Two years of large business, paid on time.
  const facts = [];
  for (let i = 0; i < 24; i++) {
    const month = `${2024 + Math.floor((i + 11) / 12)}-${String(((i + 11) % 12) + 1).padStart(2, "0")}`;
    const item = charged(customer.id, `I-${i}`, `${month}-01`, `${month}-28`, 1_000_000);
    const receipt = randomUUID();
    facts.push(
      item,
      { customer: customer.id, date: `${month}-20`, fact: { kind: "received", id: receipt, amount: yuan(1_000_000) } },
      { customer: customer.id, date: `${month}-20`, fact: { kind: "allocated", item: item.fact.id, source: { by: "receipt", receipt }, amount: yuan(1_000_000) } },
    );
  }
  await book.facts(...facts.filter(({ date }) => date <= TODAY));
  const said = ok(await officer.write("POST", "assessments", { customers: [customer.id] }));
  assert.deepEqual([said.assessed, said.proposed], [1, 1]);
  const { standing, assessment } = (await officer.get(`customers/${customer.id}`)).body;
  assert.ok(standing.grade, "the grade holds");
  assert.equal(standing.limit, undefined);
  const open = async () => (await manager.get("applications?state=open")).body.applications;
  const [waiting] = await open();
  assert.deepEqual([waiting.assessed, waiting.decision, waiting.made_by], [true, assessment.id, book.people.officer]);
  // The same again makes no second one.
  ok(await officer.write("POST", "assessments", { customers: [customer.id] }));
  assert.deepEqual(await open(), [waiting]);
  refused(await answer(officer, waiting, "grant"), 403, "own_application");
  assert.equal(waiting.role, "director");
  refused(await answer(manager, waiting, "grant"), 403, "beyond_authority");
  ok(await answer(director, waiting, "grant"));
  assert.deepEqual(await limitOf(officer, customer), waiting.asked.limit);
  const { fact } = (await book.testing("counts")).body;
  ok(await officer.write("POST", "assessments", { customers: [customer.id] }));
  assert.equal((await book.testing("counts")).body.fact, fact, "granted as proposed, there is nothing to change");
  await inStep(book);
});

test("a file with limits is staged by one and recorded by another who may grant its largest", async () => {
  const { book, finance, officer, manager, director } = await fresh(0);
  const stage = async (caller, rows) => {
    const query = new URLSearchParams({ id: randomUUID(), name: "limits.csv" });
    const response = await edge.fetch(`/api/v1/imports?${query}`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream", "idempotency-key": randomUUID(), cookie: caller.cookie },
      body: `客户编号,客户名称,信用额度,合作状态\n${rows.join("\n")}\n`,
    });
    const body = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    assert.equal(body.problems.errors, 0, JSON.stringify(body.problems));
    return body.import;
  };
  const commit = (caller, id) => caller.write("POST", `imports/${id}/commit`);
  const large = await stage(finance, ["N1,新客一,600000,", "N2,新客二,100,"]);
  refused(await commit(finance, large), 403, "import_second");
  const beyond = await commit(officer, large);
  refused(beyond, 403, "import_second");
  assert.deepEqual(beyond.body.values, { lowest: "manager" });
  assert.equal((await book.testing("counts")).body.customer, "2", "nothing came in");
  const shown = async () => (await manager.get("imports")).body.imports[0].limits;
  assert.deepEqual(await shown(), [{ customer: "新客一", limit: amount(600_000) }, { customer: "新客二", limit: amount(100) }]);
  ok(await commit(manager, large));
  assert.equal(await shown(), undefined);
  const all = await stage(finance, ["N3,新客三,不限额,"]);
  refused(await commit(manager, all), 403, "import_second");
  ok(await commit(director, all));
  // A program is no second person.
  const admin = await book.signIn("admin");
  const { token } = ok(await admin.write("POST", "tokens", { name: "ERP", role: "director", operations: ["commit_import"], days: 30 }));
  const more = await stage(finance, ["N5,新客五,100,"]);
  const program = { write: (method, path) => edge.api(method, path, undefined, { authorization: `Bearer ${token}`, "idempotency-key": randomUUID() }) };
  refused(await commit(program, more), 403, "import_second");
  ok(await commit(officer, more));
  // Without limits it is bookkeeping, and finance's own.
  const plain = await stage(finance, ["N4,新客四,,"]);
  refused(await commit(manager, plain), 403, "forbidden");
  ok(await commit(finance, plain));
  // The stage of a customer that the book knows takes two, too.
  const moved = await stage(finance, ["N4,新客四,,暂停"]);
  refused(await commit(finance, moved), 403, "import_second");
  ok(await commit(officer, moved));
  await inStep(book);
});

test("what cannot be asked for is refused, and nothing is kept of it", async () => {
  const { book, customer, sales, other } = await fresh();
  const before = (await book.testing("counts")).body;
  const temporary = { limit: amount(1), from: TODAY, until: TODAY };
  for (const [asked, code] of [
    [{}, "application_nothing"],
    [{ limit: amount(1), temporary }, "application_nothing"],
    [{ until: "2027-01-01", terms: { kind: "net", days: 1 } }, "application_nothing"],
    [{ limit: amount(-1) }, "application_limit"],
    [{ limit: { kind: "amount", amount: { amount: "1.00", currency: "USD" } } }, "application_limit"],
    [{ limit: amount(1), until: "2026-11-19" }, "application_days"],
    [{ temporary: { ...temporary, until: "2026-11-19" } }, "application_days"],
    [{ temporary: { ...temporary, from: "2026-12-02", until: "2026-12-01" } }, "application_days"],
    [{ limit: amount(1), reason: " " }, "text"],
    [{ limit: amount(1), reason: "长".repeat(501) }, "text"],
    [{ limit: { kind: "lots" } }, "body"],
    [{ limit: amount(1), approved_by: randomUUID() }, "body"],
  ]) {
    refused(await apply(sales, customer, asked), 422, code);
  }
  refused(await apply(sales, other, { limit: amount(1) }), 404, "not_found");
  assert.deepEqual((await book.testing("counts")).body, before);
  const id = randomUUID();
  ok(await apply(sales, customer, { limit: amount(1) }, id));
  refused(await apply(sales, customer, { limit: amount(1) }, id), 409, "application_known");
  for (const query of ["state=lost", "customer=x", "after=1", "limit=x"]) refused(await sales.get(`applications?${query}`), 422, "parameter");
});
