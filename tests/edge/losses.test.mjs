// Money that went back, write-offs and recoveries at the edge: what they do to the ledger, who may, and that whatever happened
// what is kept is what the facts give.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, charged, newId, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

const TODAY = "2026-11-20";
let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

let count = 0;
/** A book with one customer who owes 1,000 and paid 600 of it, and those who deal with it. */
async function fresh(...logins) {
  const book = await Book.create(edge, `losses-${++count}`, { demo_today: TODAY });
  const [customer] = await book.customers({ code: "C1", name: "海川", salesperson: book.people.sales });
  const invoice = charged(customer.id, "INV-1", "2026-09-01", "2026-10-01", 1000);
  await book.facts(invoice);
  const callers = {};
  for (const login of ["finance", "officer", "manager", "director", ...logins]) callers[login] = await book.signIn(login);
  const receipt = randomUUID();
  const paid = { receipt, customer: customer.id, date: "2026-10-10", amount: yuan(600), apply: [[invoice.fact.id, yuan(600)]] };
  assert.equal((await callers.finance.write("POST", "receipts", paid)).status, 200);
  return { book, customer, item: invoice.fact.id, receipt, ...callers };
}

const standing = async (caller, customer) => (await caller.get(`customers/${customer.id}`)).body.standing;
const open = async (caller, customer) => (await standing(caller, customer)).open.map(({ amount, disputed }) => [Number(amount.amount), disputed]);
const closing = async (caller, customer) => (await caller.get(`customers/${customer.id}/statement?from=2026-01-01&to=${TODAY}`)).body.statement.accounts[0].closing;
const refused = ({ status, body }) => [status, body.code];
async function whole(book) {
  const { body } = await book.testing("verify");
  assert.deepEqual([body.differing, body.journals, body.book, body.further], [[], [], true, []]);
}

test("money that went back opens what it had paid, once, and leaves a trail", async () => {
  const { book, customer, receipt, finance, auditor } = await fresh("auditor");
  const back = { date: "2026-10-12", amount: yuan(500), reason: "账户余额不足" };
  const path = `receipts/${receipt}/returns`;
  assert.deepEqual(await open(finance, customer), [[400, false]]);
  const key = randomUUID();
  const first = await finance.write("POST", path, back, key);
  assert.equal(first.status, 200, JSON.stringify(first.body));
  // The same again is the same.
  assert.deepEqual((await finance.write("POST", path, back, key)).body, first.body);
  assert.deepEqual(await open(finance, customer), [[900, false]]);
  assert.deepEqual(await closing(finance, customer), yuan(900));
  assert.deepEqual(refused(await finance.write("POST", path, back)), [422, "more_than_there_is"]);
  const entries = (await auditor.get(`audit?subject=${customer.id}`)).body.entries.map(({ entry }) => entry.action);
  assert.equal(entries.filter((operation) => operation === "record_return").length, 1, JSON.stringify(entries));
  await whole(book);
});

test("a return that can't be is refused and changes nothing", async () => {
  const { book, customer, receipt, finance } = await fresh();
  const post = (more, id = receipt) => finance.write("POST", `receipts/${id}/returns`, { date: "2026-10-12", amount: yuan(100), reason: "退汇", ...more });
  assert.equal((await post({}, randomUUID())).status, 404);
  assert.deepEqual(refused(await post({ amount: yuan(600.01) })), [422, "more_than_there_is"]);
  assert.deepEqual(refused(await post({ amount: yuan(-1) })), [422, "not_positive"]);
  assert.deepEqual(refused(await post({ amount: { amount: "1.00", currency: "USD" } })), [422, "not_positive"]);
  assert.deepEqual(refused(await post({ date: "2026-10-09" })), [422, "before"]);
  assert.deepEqual(refused(await post({ date: "2026-11-21" })), [422, "future"]);
  assert.deepEqual(refused(await post({ reason: " " })), [422, "text"]);
  assert.deepEqual(await open(finance, customer), [[400, false]]);
  await whole(book);
});

test("a write-off needs everybody whose word the policy asks for, in their order, and never who asked", async () => {
  const { book, customer, item, finance, officer, manager, director } = await fresh();
  const id = newId();
  const ask = (more = {}) => finance.write("POST", `items/${item}/write-offs`, { id, amount: yuan(300), reason: "债务人注销", ...more });
  assert.deepEqual(refused(await ask({ amount: yuan(400.01) })), [422, "more_than_there_is"]);
  assert.equal((await ask()).status, 200);
  assert.deepEqual(refused(await ask()), [409, "known"]);
  assert.deepEqual(refused(await ask({ id: newId() })), [409, "write_off_waits"]);
  const decide = (who, agrees = true) => who.write("POST", `write-offs/${id}/decision`, { agrees, reason: "同意" });
  assert.deepEqual(refused(await decide(director)), [403, "not_awaited"]);
  assert.deepEqual(refused(await decide(officer)), [403, "forbidden"]);
  assert.deepEqual(refused(await decide(finance)), [403, "forbidden"]);
  assert.equal((await decide(manager)).status, 200);
  assert.deepEqual(await open(officer, customer), [[400, false]]);
  const [waiting] = (await officer.get("write-offs")).body.write_offs;
  assert.deepEqual([waiting.number, waiting.state.at.role, waiting.said.length, waiting.done], ["INV-1", "director", 1, undefined]);
  assert.equal((await decide(director)).status, 200);
  assert.deepEqual(refused(await decide(director)), [409, "write_off_decided"]);
  assert.equal((await officer.get("write-offs")).body.write_offs[0].done, true);
  // Our books count on it no more; the customer goes on owing it.
  assert.deepEqual(await open(officer, customer), [[100, false]]);
  assert.deepEqual(await closing(officer, customer), yuan(400));
  await whole(book);
});

test("a refused write-off does nothing, and another can be asked for", async () => {
  const { book, customer, item, finance, manager } = await fresh();
  const ask = (id) => finance.write("POST", `items/${item}/write-offs`, { id, amount: yuan(300), reason: "债务人注销" });
  const [first, second] = [newId(), newId()];
  assert.equal((await ask(first)).status, 200);
  assert.equal((await manager.write("POST", `write-offs/${first}/decision`, { agrees: false, reason: "先起诉" })).status, 200);
  assert.deepEqual(await open(finance, customer), [[400, false]]);
  assert.equal((await ask(second)).status, 200);
  const list = (await finance.get("write-offs")).body.write_offs;
  assert.deepEqual(list.map(({ done }) => done), [undefined, false]);
  await whole(book);
});

test("who asked never decides, whatever role they have come to", async () => {
  const { book, item, finance } = await fresh();
  const id = newId();
  assert.equal((await finance.write("POST", `items/${item}/write-offs`, { id, amount: yuan(300), reason: "债务人注销" })).status, 200);
  const admin = await book.signIn("admin");
  assert.equal((await admin.write("POST", `people/${book.people.finance}`, { role: "manager" })).status, 200);
  const promoted = await book.signIn("finance");
  assert.deepEqual(refused(await promoted.write("POST", `write-offs/${id}/decision`, { agrees: true, reason: "同意" })), [403, "own_write_off"]);
  const [{ state, said }] = (await promoted.get("write-offs")).body.write_offs;
  assert.deepEqual([state.at.may, said], [[book.people.manager], []]);
});

test("an import stays while something was written off of its documents, or its money went back", async () => {
  const { book, customer, finance } = await fresh();
  const bring = async (text) => {
    const query = new URLSearchParams({ id: randomUUID(), name: "file.csv" });
    const headers = { "content-type": "application/octet-stream", "idempotency-key": randomUUID(), cookie: finance.cookie };
    const staged = await (await edge.fetch(`/api/v1/imports?${query}`, { method: "POST", headers, body: text })).json();
    const recorded = await finance.write("POST", `imports/${staged.import}/commit`);
    assert.equal(recorded.status, 200, JSON.stringify([staged, recorded.body]));
    return staged.import;
  };
  const undo = async (id) => refused(await finance.write("POST", `imports/${id}/undo`));
  const facts = async () => (await finance.get(`customers/${customer.id}/statement?from=2026-01-01&to=${TODAY}`)).body.facts.map(({ fact }) => fact);
  const documents = await bring("发票号,客户编号,开票日期,到期日,价税合计\nIMP-1,C1,2026-09-03,2026-10-03,500.00\n");
  const { id: item } = (await facts()).find(({ number }) => number === "IMP-1");
  const back = async (reference) => {
    const { id } = (await facts()).find((fact) => fact.reference === reference);
    assert.equal((await finance.write("POST", `receipts/${id}/returns`, { date: TODAY, amount: yuan(50), reason: "退汇" })).status, 200);
  };
  const plain = await bring("客户编号,到账日期,到账金额,银行流水号,核销发票号\nC1,2026-11-10,200.00,B-1,\n");
  await back("B-1");
  assert.deepEqual(await undo(plain), [409, "import_in_use"]);
  const applied = await bring("客户编号,到账日期,到账金额,银行流水号,核销发票号\nC1,2026-11-11,200.00,B-2,IMP-1\n");
  await back("B-2");
  assert.deepEqual(await undo(applied), [409, "import_in_use"]);
  // Of another import, so that nothing but the write-off refers to it.
  const other = await bring("发票号,客户编号,开票日期,到期日,价税合计\nIMP-2,C1,2026-09-03,2026-10-03,500.00\n");
  const { id: second } = (await facts()).find(({ number }) => number === "IMP-2");
  assert.equal((await finance.write("POST", `items/${second}/write-offs`, { id: newId(), amount: yuan(1), reason: "尾差" })).status, 200);
  assert.deepEqual(await undo(other), [409, "import_in_use"]);
  assert.deepEqual(await undo(documents), [409, "import_in_use"]);
  assert.ok(item && (await open(finance, customer)).length > 0);
  await whole(book);
});

test("the customer at the portal sees what it owes, and nothing of our write-offs", async () => {
  const { book, customer, item, finance, manager, director } = await fresh();
  const portal = await book.signIn("C1", "portal");
  const seen = async () => {
    const { statement, facts } = (await portal.get(`customers/${customer.id}/statement?from=2026-01-01&to=${TODAY}`)).body;
    return { statement, facts };
  };
  const before = await seen();
  const id = newId();
  await finance.write("POST", `items/${item}/write-offs`, { id, amount: yuan(300), reason: "债务人注销" });
  for (const who of [manager, director]) await who.write("POST", `write-offs/${id}/decision`, { agrees: true, reason: "同意" });
  assert.deepEqual(await open(finance, customer), [[100, false]]);
  assert.deepEqual(await seen(), before);
  assert.equal((await portal.get("write-offs")).status, 403);
});

test("what comes in for a write-off pays it, as far as there is money and something written off", async () => {
  const { book, customer, item, finance, manager, director } = await fresh();
  const id = newId();
  await finance.write("POST", `items/${item}/write-offs`, { id, amount: yuan(300), reason: "债务人注销" });
  for (const who of [manager, director]) await who.write("POST", `write-offs/${id}/decision`, { agrees: true, reason: "同意" });
  const receipt = randomUUID();
  await finance.write("POST", "receipts", { receipt, customer: customer.id, date: TODAY, amount: yuan(250), apply: [] });
  const recover = (more = {}) => finance.write("POST", `items/${item}/recoveries`, { receipt, date: TODAY, amount: yuan(200), ...more });
  assert.deepEqual(refused(await recover({ amount: yuan(250.01) })), [422, "more_than_there_is"]);
  assert.deepEqual(refused(await recover({ receipt: randomUUID() })), [422, "no_receipt"]);
  assert.equal((await recover()).status, 200);
  const now = await standing(finance, customer);
  assert.deepEqual([now.open.map(({ amount }) => amount), now.unapplied], [[yuan(100)], [yuan(50)]]);
  // 1,000 less 600 and 250.
  assert.deepEqual(await closing(finance, customer), yuan(150));
  // The money goes back: nothing was recovered, and nothing is open that was written off.
  assert.equal((await finance.write("POST", `receipts/${receipt}/returns`, { date: TODAY, amount: yuan(250), reason: "退汇" })).status, 200);
  const after = await standing(finance, customer);
  assert.deepEqual([after.open.map(({ amount }) => amount), after.unapplied], [[yuan(100)], []]);
  assert.deepEqual(await closing(finance, customer), yuan(400));
  await whole(book);
});

test("of a document disputed in part the rest stays what it was", async () => {
  const { book, customer, item, officer, manager } = await fresh();
  const piece = (amount, more = {}) => ({ kind: "dispute", what: { item, amount, date: "2026-11-02", reason: "重量不符", ...more } });
  const add = (amount, id = newId()) => officer.write("POST", `customers/${customer.id}/pieces`, { id, piece: piece(amount) });
  for (const amount of [yuan(0), yuan(1000.01), { amount: "1.00", currency: "USD" }]) {
    assert.deepEqual(refused(await add(amount)), [422, "disputed_amount"]);
  }
  const id = newId();
  assert.equal((await add(yuan(150), id)).status, 200);
  assert.deepEqual(await open(manager, customer), [[250, false], [150, true]]);
  await whole(book);
  // It is about less, then settled.
  assert.equal((await officer.change(`pieces/${id}`, 1, { piece: piece(yuan(40)) })).status, 200);
  assert.deepEqual(await open(manager, customer), [[360, false], [40, true]]);
  assert.equal((await officer.change(`pieces/${id}`, 2, { piece: piece(yuan(40), { closed: TODAY }) })).status, 200);
  assert.deepEqual(await open(manager, customer), [[400, false]]);
  await whole(book);
});

/** Numbers that look random and are the same in every run. */
function seeded(seed) {
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

test("standings and journals kept are those that the facts give, whatever came back or was written off", async () => {
  for (const seed of [1, 2, 3]) {
    const random = seeded(seed);
    const { book } = await fresh();
    const customers = await book.customers(...["A", "B", "C", "D"].map((code) => ({ code })));
    const day = () => new Date(Date.UTC(2026, 9, 1) - random(300) * 864e5).toISOString().slice(0, 10);
    const facts = [];
    const held = Object.fromEntries(customers.map(({ id }) => [id, { items: [], money: [] }]));
    for (let i = 0; i < 260; i++) {
      // Of one customer sums tell all.
      const place = random(customers.length);
      const { id: customer } = customers[place];
      const { items, money } = held[customer];
      const [item, receipt] = [items[random(items.length)], money[random(money.length)]];
      const add = (fact, date = day()) => facts.push({ id: randomUUID(), customer, date, fact });
      const kind = random(place === 0 ? 4 : 9);
      if (kind < 2 || !item) {
        const [amount, id] = [(2 + random(4000)) * 2, randomUUID()];
        const parts = kind === 1 && place > 0 ? { parts: ["2026-05-01", "2026-08-01"].map((due) => ({ due, amount: yuan(amount / 2) })) } : {};
        items.push(id);
        add({ kind: "charged", id, document: "invoice", number: `N${i}`, due: parts.parts ? "2026-08-01" : day(), amount: yuan(amount), ...parts });
      } else if (kind < 4) {
        const [id, amount] = [randomUUID(), 10 + random(3000)];
        money.push({ id, left: amount, free: random(10) });
        add({ kind: "received", id, amount: yuan(amount) });
        add({ kind: "allocated", item, source: { by: "receipt", receipt: id }, amount: yuan(amount - money.at(-1).free) });
      } else if (kind === 4 && receipt?.left > 0) {
        const amount = 1 + random(receipt.left);
        [receipt.left, receipt.free] = [receipt.left - amount, 0];
        add({ kind: "returned", receipt: receipt.id, amount: yuan(amount), reason: "退汇" }, `2026-10-${10 + random(20)}`);
      } else if (kind === 5) add({ kind: "written_off", item, amount: yuan(1 + random(50)), reason: "核销", approved_by: book.people.manager });
      else if (kind === 6) {
        const id = randomUUID();
        add({ kind: "received", id, amount: yuan(9) });
        add({ kind: "recovered", item, receipt: id, amount: yuan(1 + random(9)) });
      } else if (kind === 7) add({ kind: "disputed", item, open: random(3) > 0, ...(random(2) ? { amount: yuan(1 + random(900)) } : {}) });
      else if (kind === 8) {
        const [id, amount] = [randomUUID(), 100 + random(500)];
        add({ kind: "bill_received", bill: { id, kind: "bank", received: "2026-01-05", amount: yuan(amount), matures: "2026-12-05", acceptor: "工商银行", settles: [{ item, amount: yuan(amount) }] } });
      }
    }
    while (facts.length > 0) {
      const { status, body } = await book.testing("facts", facts.splice(0, 1 + random(60)));
      assert.equal(status, 200, JSON.stringify(body));
    }
    await whole(book);
    // The whole book in columns is read for its aging.
    const officer = await book.signIn("officer");
    const { body } = await officer.get("journal");
    assert.ok(body.columns.taken_back.length > 0);
    assert.equal(body.columns.customers.length, 5);
  }
});
