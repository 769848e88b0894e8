// The ledger and what follows from it: facts in any order, standings in step, money that ties out, and what a device is told.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, charged, granted, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

let count = 0;
async function fresh(people = [], options = {}) {
  const book = await Book.create(edge, `ledger-${++count}`, { demo_today: "2026-11-20", ...options });
  const callers = Object.fromEntries(await Promise.all(people.map(async (who) => [who, await book.signIn(who)])));
  return { book, ...callers };
}

/** Numbers that look random and are the same in every run. */
function seeded(seed) {
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

/** Every kind of fact about some customers, in three currencies, some of it wrong way round in time. */
function history(customers, random, howMany) {
  const day = () => new Date(Date.UTC(2026, 9, 1) - random(400) * 864e5).toISOString().slice(0, 10);
  const money = (most) => ({ amount: (1 + random(most)).toFixed(2), currency: ["CNY", "USD", "EUR"][random(10) < 8 ? 0 : 1 + random(2)] });
  const facts = [];
  const [items, orders] = [[], []];
  for (let i = 0; i < howMany; i++) {
    const customer = customers[random(customers.length)].id;
    const own = items.filter((item) => item.customer === customer);
    const [item, order] = [own[random(own.length)], orders.findLast((order) => order.customer === customer)];
    const add = (fact, date = day()) => facts.push({ id: randomUUID(), customer, date, fact });
    const kind = random(12);
    if (kind < 4 || !item) {
      const amount = money(9_000);
      const document = ["invoice", "invoice", "debit_note", "credit_note"][random(4)];
      if (document === "credit_note") amount.amount = `-${amount.amount}`;
      const charge = { id: randomUUID(), document, number: `N${i}`, due: day(), amount, ...(random(5) ? {} : { opening: true }), ...(order && random(2) ? { order: order.id } : {}) };
      items.push({ customer, ...charge });
      add({ kind: "charged", ...charge });
    } else if (kind < 7) {
      const receipt = randomUUID();
      const amount = { ...item.amount, amount: (5 + random(5_000)).toFixed(2) };
      add({ kind: "received", id: receipt, amount });
      if (item.document !== "credit_note") add({ kind: "allocated", item: item.id, source: { by: "receipt", receipt }, amount: { ...amount, amount: (Number(amount.amount) - random(5)).toFixed(2) } });
    } else if (kind === 7) {
      const credit = own.find((other) => other.document === "credit_note" && other.amount.currency === item.amount.currency);
      if (credit && item.document !== "credit_note") add({ kind: "allocated", item: item.id, source: { by: "credit_note", item: credit.id }, amount: { ...item.amount, amount: "3.00" } });
      else add({ kind: "allocated", item: item.id, source: { by: "snapshot", import: randomUUID() }, amount: { ...item.amount, amount: "-7.00" } });
    } else if (kind === 8) add({ kind: "disputed", item: item.id, open: random(2) === 0 });
    else if (kind === 9) {
      const part = (share, base) => ({ share, base, days: 0 });
      const agreed = (...parts) => ({ kind: "agreed", parts, deemed_days: 15 });
      const terms = [
        { kind: "prepaid" },
        { kind: "net", days: 30 },
        agreed(part("0.3", "order"), part("0.7", "order")),
        agreed(part("0.3", "order"), part("0.7", "delivery")),
      ][random(4)];
      const order = { id: randomUUID(), customer, amount: yuan(5_000 + random(5_000)), terms, ...(random(2) ? { prepayment: yuan(100) } : {}) };
      orders.push(order);
      add({ kind: "ordered", ...order });
    } else if (kind === 10 && order) add({ kind: "order_ended", order: order.id, reason: "cancelled" });
    else
      add(
        [
          { kind: "graded", grade: "ABC"[random(3)], score: "70", confidence: "0.8", decision: randomUUID() },
          { kind: "limit_granted", limit: { kind: "amount", amount: yuan(random(90_000)) }, ...(random(2) ? { until: "2027-01-01" } : {}) },
          { kind: "terms_granted", terms: { kind: "month_end", days: random(60) } },
          { kind: "frozen", frozen: random(2) === 0, reason: "“引号”与 \"quotes\"" },
        ][random(4)],
      );
  }
  return facts;
}

test("standings and journals kept are those that the facts give, whatever happened and in whatever parts it came", async () => {
  for (const seed of [1, 2, 3]) {
    const { book } = await fresh();
    const random = seeded(seed);
    const customers = await book.customers(...Array.from({ length: 7 }, (_, i) => ({ code: `C${i}`, currency: i ? "CNY" : "USD" })));
    const facts = history(customers, random, 600);
    while (facts.length > 0) {
      const { status, body } = await book.testing("facts", facts.splice(0, 1 + random(90)));
      assert.equal(status, 200, JSON.stringify(body));
    }
    const { body } = await book.testing("verify");
    assert.equal(body.standings, 7);
    assert.ok(body.facts > 500);
    assert.deepEqual(body.differing, []);
    assert.deepEqual(body.journals, []);
  }
});

test("prepaid orders that an older book counted use no credit once it is brought up to date", async () => {
  const { book, officer } = await fresh(["officer"]);
  const [{ id: customer }] = await book.customers({ code: "C1" });
  const ordered = (amount, terms, rest = {}) => ({ id: randomUUID(), customer, date: "2026-11-20", fact: { kind: "ordered", id: randomUUID(), customer, amount: yuan(amount), terms, ...rest } });
  await book.facts(ordered(1000, { kind: "prepaid" }, { prepayment: yuan(300) }), ordered(500, { kind: "net", days: 30 }, { prepayment: yuan(100) }));
  assert.deepEqual((await book.testing("verify")).body.differing, []);
  // As step 3 counted them.
  await book.testing("meddle", `DELETE FROM schema WHERE number = 9;
    UPDATE ordered SET left_minor = 70000 WHERE left_minor = 0;
    UPDATE standing SET orders = '[["CNY","2026-11-20",110000,null,null]]';`);
  const [[, kept, rebuilt]] = (await book.testing("verify")).body.differing;
  assert.deepEqual([kept.orders[0].amount, rebuilt.orders[0].amount], [yuan(1100), yuan(400)]);
  await edge.restart();
  // Whoever asks first brings the book up to date. What step 11 did then is done again.
  assert.equal((await officer.get("session")).status, 200);
  await book.testing("meddle", `UPDATE standing SET orders = (SELECT json_group_array(json_array(value ->> 0, value ->> 1, value ->> 2, NULL, NULL)) FROM json_each(standing.orders))`);
  assert.equal((await officer.get(`customers/${customer}`)).status, 200);
  assert.deepEqual((await book.testing("verify")).body.differing, []);
});

test("what is dated after the book's today is refused, whole", async () => {
  const { book, finance } = await fresh(["finance"]);
  const [{ id }] = await book.customers({ code: "C1" });
  const before = (await book.testing("counts")).body;
  const facts = [charged(id, "I-1", "2026-11-20", "2026-12-20", 1), charged(id, "I-2", "2026-11-21", "2026-12-20", 1)];
  await assert.rejects(book.facts(...facts), ({ status, body }) => {
    assert.deepEqual([status, body.code, body.values], [422, "future", { date: "2026-11-21", today: "2026-11-20" }]);
    return true;
  });
  const receipt = { receipt: randomUUID(), customer: id, date: "2026-11-21", amount: yuan(1), apply: [] };
  assert.equal((await finance.write("POST", "receipts", receipt)).body.code, "future");
  const rate = { date: "2026-11-21", from: "USD", to: "CNY", rate: "7", source: "x" };
  assert.equal((await finance.write("POST", "rates", rate)).body.code, "future");
  assert.deepEqual((await book.testing("counts")).body, before);
});

test("facts that contradict the ledger are refused, whole", async () => {
  const { book } = await fresh();
  const [one, two] = await book.customers({ code: "C1" }, { code: "C2" });
  const owed = charged(one.id, "I-1", "2026-11-01", "2026-12-01", 10);
  const money = { customer: one.id, date: "2026-11-02", fact: { kind: "received", id: randomUUID(), amount: yuan(5) } };
  await book.facts(owed, money);
  const allocated = (customer, amount, source = { by: "receipt", receipt: money.fact.id }) => ({ customer, date: "2026-11-02", fact: { kind: "allocated", item: owed.fact.id, source, amount } });
  const before = (await book.testing("counts")).body;
  for (const [fact, code] of [
    [owed, "known"],
    [charged(one.id, "I-1", "2026-11-01", "2026-12-01", 99), "known"],
    [charged(randomUUID(), "I-2", "2026-11-01", "2026-12-01", 1), "unknown_reference"],
    [allocated(two.id, yuan(1)), "foreign_reference"],
    [allocated(one.id, { amount: "1.00", currency: "USD" }), "foreign_reference"],
    [allocated(one.id, yuan(6)), "amount"],
    [allocated(one.id, yuan(1), { by: "receipt", receipt: randomUUID() }), "unknown_reference"],
    [allocated(one.id, yuan(1), { by: "credit_note", item: randomUUID() }), "unknown_reference"],
    [charged(one.id, "I-3", "2026-11-01", "2026-12-01", 5, { document: "credit_note" }), "amount"],
  ]) {
    await assert.rejects(book.facts(charged(two.id, "OK", "2026-11-01", "2026-12-01", 1), fact), ({ body }) => body.code === code || assert.fail(`${code}: ${JSON.stringify(body)}`));
  }
  assert.deepEqual((await book.testing("counts")).body, before);
});

test("money is applied to the customer's own open documents and never beyond", async () => {
  const { book, finance, officer } = await fresh(["finance", "officer"]);
  const [one, two] = await book.customers({ code: "C1" }, { code: "C2" });
  const [own, foreign, later] = [charged(one.id, "I-1", "2026-11-01", "2026-12-01", 10), charged(two.id, "I-1", "2026-11-01", "2026-12-01", 10), charged(one.id, "I-2", "2026-11-10", "2026-12-01", 10)];
  await book.facts(own, foreign, later);
  const receipt = (apply, more = {}) => ({ receipt: randomUUID(), customer: one.id, date: "2026-11-05", amount: yuan(12), apply, ...more });
  const item = own.fact.id;
  for (const [given, code] of [
    [receipt([[item, yuan(10.01)]]), "more_than_open"],
    [receipt([[item, yuan(8)], [later.fact.id, yuan(8)]]), "more_than_received"],
    [receipt([[item, yuan(1)], [item, yuan(1)]]), "apply"],
    [receipt([[foreign.fact.id, yuan(1)]]), "no_document"],
    [receipt([[randomUUID(), yuan(1)]]), "no_document"],
    [receipt([[item, yuan(0)]]), "not_positive"],
    [receipt([[item, { amount: "1.00", currency: "USD" }]]), "other_currency"],
    [receipt([], { amount: yuan(-1) }), "not_positive"],
    [receipt([[item, { amount: "1.00", currency: "USD" }]], { amount: { amount: "1.00", currency: "USD" } }), "other_currency"],
    [receipt([], { reference: "" }), "text"],
    [receipt([], { customer: randomUUID() }), "not_found"],
  ]) {
    const { status, body } = await finance.write("POST", "receipts", given);
    assert.deepEqual([body.code, status >= 400 && status < 500], [code, true], JSON.stringify(body));
  }
  const paid = receipt([[item, yuan(10)], [later.fact.id, yuan(1)]], { reference: "ICBC 7" });
  assert.equal((await finance.write("POST", "receipts", paid)).status, 200);
  assert.equal((await finance.write("POST", "receipts", paid)).body.code, "known", "the same money under another key");
  const { standing } = (await officer.get(`customers/${one.id}`)).body;
  assert.deepEqual(standing.open, [{ due: "2026-12-01", disputed: false, documents: 1, amount: yuan(9) }]);
  assert.deepEqual(standing.unapplied, [yuan(1)]);
  // Money that came before the document is applied on its day: nothing is ever open below zero.
  const { body } = await officer.get(`customers/${one.id}/statement?from=2026-11-01&to=2026-11-09`);
  assert.equal(body.statement.accounts[0].unapplied.amount, "2.00");
  assert.deepEqual(body.statement.accounts[0].open, []);
});

test("money beyond what can be added up is refused, and everybody else's figures stay", async () => {
  const { book, finance, officer } = await fresh(["finance", "officer"]);
  const [one] = await book.customers({ code: "C1" }, { code: "C2" });
  const receipt = (amount) => ({ receipt: randomUUID(), customer: one.id, date: "2026-11-05", amount: yuan(amount), apply: [] });
  assert.equal((await finance.write("POST", "receipts", receipt("40000000000000.00"))).status, 200);
  const refused = await finance.write("POST", "receipts", receipt("40000000000000.00"));
  assert.deepEqual([refused.status, refused.body.code], [422, "amount"]);
  for (const path of ["sync?since=0", "portfolio", "journal", `customers/${one.id}`]) assert.equal((await officer.get(path)).status, 200, path);
  assert.equal((await officer.write("POST", "assessments", {})).status, 200);
});

test("a device is told what changed since it asked, and what it may no longer see", async () => {
  const { book, sales, sales2, finance, officer } = await fresh(["sales", "sales2", "finance", "officer"]);
  const [one, two] = await book.customers({ code: "C1", salesperson: book.people.sales }, { code: "C2", salesperson: book.people.sales });
  const codes = ({ body }) => body.customers.map(({ customer }) => customer.code).toSorted();
  let answer = await sales.get("sync?since=0");
  assert.deepEqual(codes(answer), ["C1", "C2"]);
  assert.equal(answer.body.policy.version, 1);
  const next = async (who = sales) => (answer = await who.get(`sync?since=${answer.body.feed}`));
  await next();
  assert.deepEqual([codes(answer), answer.body.policy, answer.body.rates, answer.body.gone], [[], undefined, undefined, undefined]);
  await book.facts(charged(one.id, "I-1", "2026-11-01", "2026-12-01", 10));
  assert.deepEqual(codes(await next()), ["C1"]);
  // A rate concerns those who owe in that currency.
  const dollars = charged(two.id, "I-1", "2026-11-01", "2026-12-01", 10);
  dollars.fact.amount.currency = "USD";
  await book.facts(dollars);
  await next();
  await finance.write("POST", "rates", { date: "2026-11-01", from: "USD", to: "CNY", rate: "7.1", source: "PBOC" });
  await next();
  assert.deepEqual(codes(answer), ["C2"]);
  assert.equal(answer.body.rates.length, 1);
  assert.equal(answer.body.customers[0].standing.rates[0].rate, "7.1");
  // Another salesperson takes over.
  const before = answer.body.feed;
  await book.customers({ ...one, salesperson: book.people.sales2 });
  await next();
  assert.deepEqual([codes(answer), answer.body.gone], [[], [one.id]]);
  assert.equal((await sales.get(`customers/${one.id}`)).status, 404);
  assert.deepEqual(codes(await sales2.get(`sync?since=${before}`)), ["C1"]);
  // And gives it back before the first one asked again.
  await book.customers({ ...one, salesperson: book.people.sales });
  answer = await sales.get(`sync?since=${before}`);
  assert.deepEqual([codes(answer), answer.body.gone], [["C1"], undefined]);
  assert.deepEqual(codes(await officer.get("sync?since=99999")), ["C1", "C2"], "a feed number that this book never had");
  assert.equal((await sales.get("sync?since=-1")).body.code, "parameter");
});

test("a customer is found by code, name and the initials of its pinyin", async () => {
  const { book, officer } = await fresh(["officer"]);
  await book.customers({ code: "C-9", name: "重庆鑫海国际物流有限公司", name_en: "XINHAI Logistics" }, { code: "C-10", name: "Blue Sea" });
  const [one, two] = (await officer.get("sync")).body.customers.toSorted((a, b) => b.customer.name.length - a.customer.name.length);
  for (const typed of ["c-9", "鑫海", "xinhai", "cqxhgjwlyxgs", "zqxh"]) assert.ok(one.search.includes(typed), one.search);
  assert.equal(two.search, "c-10 blue sea");
});

test("the journal and the portfolio are read again only when something was learned", async () => {
  const { book, officer } = await fresh(["officer"]);
  const [one] = await book.customers({ code: "C1", since: "2020-01-01" });
  await book.facts(charged(one.id, "I-1", "2026-09-01", "2026-10-01", 10));
  for (const path of ["journal", "portfolio"]) {
    const first = await officer.get(path);
    const etag = first.headers.get("etag");
    assert.equal(first.headers.get("cache-control"), "private, no-cache");
    assert.equal((await officer.get(path, { "if-none-match": etag })).status, 304);
    await book.facts(charged(one.id, `${path}-2`, "2026-09-01", "2026-10-01", 10));
    const second = await officer.get(path, { "if-none-match": etag });
    assert.equal(second.status, 200);
    assert.ok(second.body.feed > first.body.feed);
  }
  const { columns } = (await officer.get("journal")).body;
  assert.deepEqual([columns.customers, columns.items.minor], [[one.id], [1000, 1000, 1000]]);
  const [member] = (await officer.get("portfolio")).body.members;
  assert.deepEqual([member.position.overdue, member.position.oldest_days], [yuan(30), 50]);
});

test("an assessment grants what changed, and nothing the second time", async () => {
  const { book, officer } = await fresh(["officer"]);
  const [sound, foreign] = await book.customers(
    { code: "C1", since: "2018-01-01", registered_capital: yuan(5_000_000) },
    { code: "C2", currency: "EUR" },
  );
  for (let month = 1; month <= 10; month++) await book.facts(charged(sound.id, `I-${month}`, `2026-${String(month).padStart(2, "0")}-05`, "2026-12-01", 100_000));
  const euros = charged(foreign.id, "I-1", "2026-10-05", "2026-12-01", 100);
  euros.fact.amount.currency = "EUR";
  await book.facts(euros);
  const run = async () => (await officer.write("POST", "assessments", {})).body;
  const first = await run();
  assert.deepEqual([first.assessed, first.changed, first.failed.map(([id]) => id)], [1, 1, [foreign.id]]);
  const facts = (await book.testing("counts")).body.fact;
  assert.deepEqual(await run(), { ...first, changed: 0 });
  assert.equal((await book.testing("counts")).body.fact, facts);
  const { standing, assessment } = (await officer.get(`customers/${sound.id}`)).body;
  assert.equal(standing.grade.grade, assessment.judgement.matter.assessment.grade.grade);
  assert.equal(standing.limit.until, "2027-11-20");
  assert.deepEqual((await officer.ask("POST", `decisions/${assessment.id}/replay`)).body.equal, true);
  assert.equal((await officer.write("POST", "assessments", { customers: [randomUUID()] })).status, 404);
});

test("everyone is assessed in parts, each customer once", async () => {
  const { book, officer } = await fresh(["officer"]);
  await book.customers(...Array.from({ length: 401 }, (_, i) => ({ code: `C${i}` })));
  const parts = [];
  for (let after, more = true; more; more = after !== undefined) {
    const { body } = await officer.write("POST", "assessments", { after });
    parts.push(body.assessed);
    after = body.next;
  }
  assert.deepEqual(parts, [200, 200, 1]);
  assert.equal(Number((await book.testing("counts")).body.decision), 401);
  const many = await officer.write("POST", "assessments", { customers: Array.from({ length: 201 }, () => randomUUID()) });
  assert.deepEqual([many.status, many.body.detail], [422, "the body is not what this operation takes: customers: name 200 at most, not 201"]);
});

test("a policy is drafted by one person and put in force by another", async () => {
  const { officer, manager, director, sales } = await fresh(["officer", "manager", "director", "sales"]);
  const { policy } = (await officer.get("policies")).body.versions[0];
  const bad = structuredClone(policy);
  bad.grade.unsure_cap = "Z";
  bad.scorecard.lines[0].weight = "1";
  const refused = await officer.write("POST", "policies", { policy: bad });
  assert.deepEqual([refused.status, refused.body.code], [422, "policy_faults"]);
  assert.deepEqual(Object.keys(refused.body.values).toSorted(), ["grade.unsure_cap", "scorecard.lines"]);
  assert.equal((await officer.write("POST", "policies", { policy: { ...policy, more: 1 } })).body.code, "body");
  const [two, three] = [await officer.write("POST", "policies", { policy }), await officer.write("POST", "policies", { policy })];
  assert.deepEqual([two.body.version, three.body.version, three.body.drafted_by, three.body.in_force], [2, 3, "陈信", false]);
  assert.equal((await sales.get("sync")).body.policy.version, 1);
  assert.equal((await manager.write("POST", "policies/3/approval")).status, 200);
  assert.equal((await director.write("POST", "policies/2/approval")).body.code, "no_draft", "an older one doesn't come back");
  assert.equal((await director.write("POST", "policies/3/approval")).body.code, "no_draft");
  assert.equal((await director.write("POST", "policies/9/approval")).status, 404);
  const { versions } = (await officer.get("policies")).body;
  assert.deepEqual(versions.map(({ version, in_force, approved_by }) => [version, in_force, approved_by]), [[3, true, "王经理"], [2, false, undefined], [1, false, "Xinheng"]]);
  assert.equal((await sales.get("sync")).body.policy.version, 3);
});
