// What the product promises about money under stress, shown by doing it: races for the last of a customer's credit, power
// cuts right after and in the middle of writes, and writes sent again. `make test` does a few of each, `make prove` many.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Book, charged, granted, yuan } from "./book.mjs";

const TODAY = "2026-11-20";
const EARLIER = "2026-11-02";

/** Numbers that look random and are the same for the same seed (mulberry32), from 0 to below 1. */
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A book whose date stands still. */
const begin = (edge, code) => Book.create(edge, code, { demo_today: TODAY });

/** What a page sends to confirm an order. */
const order = (customer, amount) => ({
  order: { id: randomUUID(), customer, amount: yuan(amount), terms: { kind: "net", days: 30 } },
  decision: randomUUID(),
});

/** Every standing kept is the one that the facts give. */
async function assertInStep(book) {
  const { status, body } = await book.testing("verify");
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(body.differing, [], "standings that differ from their facts");
  assert.deepEqual(body.journals, [], "ledgers that differ from their facts");
  return body;
}

/**
 * Two confirmations at once for the last of a customer's credit, from a phone and from a desk: exactly one passes, the
 * other is held because of the limit. Afterwards no limit is exceeded and every standing is what its facts give.
 */
export async function races(edge, times, { seed = 1, code = "races" } = {}) {
  const random = seeded(seed);
  const book = await begin(edge, code);
  const [sales, officer] = [await book.signIn("sales"), await book.signIn("officer")];
  const customers = await manyCustomers(book, times);
  const facts = [];
  for (const customer of customers) {
    customer.limit = 10_000 * (1 + Math.floor(random() * 50));
    // What is owed leaves more than the tolerance, so that the second order never fits.
    customer.owed = Math.floor(customer.limit * 0.9 * random());
    facts.push(...granted(customer.id, EARLIER, customer.limit));
    if (customer.owed > 0) facts.push(charged(customer.id, `${customer.code}-1`, EARLIER, "2026-12-02", customer.owed));
  }
  await inParts(facts, 500, (part) => book.facts(...part));

  let first = 0;
  for (const { id, limit, owed } of customers) {
    const rest = limit - owed;
    const callers = random() < 0.5 ? [sales, officer] : [officer, sales];
    // Sent together, or a moment apart, so that either may come first.
    const confirm = async (caller) => {
      await wait(Math.floor(random() * 3));
      return caller.write("POST", "orders", order(id, rest));
    };
    const answers = await Promise.all(callers.map(confirm));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200], JSON.stringify(answers.map(({ body }) => body)));
    const passed = answers.filter(({ body }) => body.status === "confirmed");
    const held = answers.filter(({ body }) => body.status === "held");
    assert.deepEqual([passed.length, held.length], [1, 1], "exactly one passes, the other is held");
    assert.ok(passed[0].body.authorisation, "who passes gets a number to quote");
    const { answer } = held[0].body.decision.judgement.matter;
    assert.ok(answer.reasons.some(({ rule, verdict }) => rule === "limit" && verdict === "hold"), JSON.stringify(answer));
    if (passed[0] === answers[0]) first += 1;
  }
  await crowd(book, sales);
  await assertWithinLimits(officer, customers);
  const { standings } = await assertInStep(book);
  return { races: times, firstSentWon: first, standings };
}

/** Sixteen at once for a third of the credit each: three pass. */
async function crowd(book, caller) {
  const [{ id }] = await manyCustomers(book, 1, "crowd");
  await book.facts(...granted(id, EARLIER, 90_000));
  const answers = await Promise.all(Array.from({ length: 16 }, () => caller.write("POST", "orders", order(id, 30_000))));
  const confirmed = answers.filter(({ body }) => body.status === "confirmed");
  assert.equal(confirmed.length, 3, JSON.stringify(answers.map(({ body }) => body.status ?? body)));
  assert.equal(new Set(confirmed.map(({ body }) => body.authorisation)).size, 3, "no number is given twice");
}

/** Exposure of every customer by what the API says, in whole yuan. */
async function assertWithinLimits(caller, customers) {
  const sum = (rows) => rows.reduce((total, { amount }) => total + Math.round(Number(amount.amount) * 100), 0);
  for (const { id, limit } of customers) {
    const { status, body } = await caller.get(`customers/${id}`);
    assert.equal(status, 200, JSON.stringify(body));
    const exposure = sum(body.standing.open) + sum(body.standing.orders);
    assert.equal(exposure, limit * 100, "the credit is used up to the cent, and not beyond");
  }
}

/** A write, what shows that it is there, and what would show that it is not. */
const WRITES = {
  async order({ officer, customer }) {
    const body = order(customer, 1_000);
    return {
      send: (key) => officer.write("POST", "orders", body, key),
      async there() {
        const { orders } = (await officer.get(`customers/${customer}`)).body;
        return orders.some(({ id, status }) => id === body.order.id && status === "confirmed");
      },
    };
  },
  async receipt({ finance, officer, customer }) {
    const receipt = { receipt: randomUUID(), customer, date: TODAY, amount: yuan(100), reference: randomUUID(), apply: [] };
    const unapplied = async () => {
      const { standing } = (await officer.get(`customers/${customer}`)).body;
      return Math.round(standing.unapplied.reduce((total, { amount }) => total + Number(amount), 0) * 100);
    };
    const before = await unapplied();
    return {
      send: (key) => finance.write("POST", "receipts", receipt, key),
      there: async () => (await unapplied()) === before + 10_000,
    };
  },
};

/**
 * workerd is killed right after a write was acknowledged: it is there after the restart, once, and sent again it gets the
 * same answer.
 */
export async function kills(edge, times, { code = "kills" } = {}) {
  const book = await begin(edge, code);
  const [{ id: customer }] = await manyCustomers(book, 1);
  await book.facts(...granted(customer, EARLIER, 100_000_000));
  const people = { book, customer, officer: await book.signIn("officer"), finance: await book.signIn("finance") };
  const said = { kills: times };
  const kinds = Object.keys(WRITES);
  for (let i = 0; i < times; i++) {
    const kind = kinds[i % kinds.length];
    await acknowledged(edge, people, kind);
    said[kind] = (said[kind] ?? 0) + 1;
    await assertInStep(book);
  }
  return said;
}

async function acknowledged(edge, people, kind) {
  const { send, there } = await WRITES[kind](people);
  const key = randomUUID();
  const answer = await send(key);
  await edge.kill();
  assert.equal(answer.status, 200, `${kind}: ${JSON.stringify(answer.body)}`);
  await edge.restart();
  assert.ok(await there(), `${kind}: acknowledged, and gone after the power cut`);
  assert.deepEqual((await send(key)).body, answer.body, `${kind}: sent again it gets the same answer`);
  assert.ok(await there(), `${kind}: sent again it has no second effect`);
}

/**
 * Every write there is, sent three times with the same key, the last two at once: one effect and one answer; the same key
 * with another request is refused. The list of writes is the edge's own, so that one that is added here needs its line.
 */
export async function retries(edge, { code = "retries" } = {}) {
  const book = await begin(edge, code);
  const [{ id: customer }] = await manyCustomers(book, 1);
  await book.facts(...granted(customer, EARLIER, 100_000), charged(customer, "R-1", EARLIER, "2026-12-02", 500));
  const people = Object.fromEntries(
    await Promise.all(["officer", "manager", "finance"].map(async (login) => [login, await book.signIn(login)])),
  );
  const { officer, manager, finance } = people;
  const { versions } = (await officer.get("policies")).body;
  const [{ policy }] = versions;
  const confirmed = order(customer, 100);
  let drafted;
  /** By operation: who does it, and what is sent. In an order in which each can follow the last. */
  const writes = {
    confirm_order: () => [officer, "POST", "orders", confirmed],
    cancel_order: () => [officer, "DELETE", `orders/${confirmed.order.id}`],
    draft_policy: () => [officer, "POST", "policies", { policy: { ...policy, note: { zh: "再试", en: "again" } } }],
    approve_policy: () => [manager, "POST", `policies/${drafted}/approval`],
    assess: () => [officer, "POST", "assessments", { customers: [customer] }],
    freeze: () => [officer, "POST", `customers/${customer}/freeze`, { frozen: true, reason: "再试" }],
    record_receipt: () => [finance, "POST", "receipts", { receipt: randomUUID(), customer, date: TODAY, amount: yuan(9), apply: [] }],
    record_rates: () => [finance, "POST", "rates", { date: TODAY, from: "USD", to: "CNY", rate: "7.1", source: "再试" }],
    invite_customer: () => [officer, "POST", `customers/${customer}/links`],
  };
  const apart = ["stage_import", "commit_import", "undo_import"];
  const { body: table } = await edge.api("GET", "testing/operations");
  const known = table.filter((line) => line.writes).map((line) => line.operation);
  assert.deepEqual(known.filter((name) => !apart.includes(name)).sort(), Object.keys(writes).sort(), "every write has its line here");

  for (const [name, make] of Object.entries(writes)) {
    const [caller, method, path, body] = make();
    const key = randomUUID();
    const send = (changed = body) => caller.write(method, path, changed, key);
    const first = await send();
    assert.ok(first.status < 300, `${name}: ${JSON.stringify(first)}`);
    const after = await rows(book);
    const again = await Promise.all([send(), send()]);
    const links = name === "invite_customer" ? 2 : 0;
    assert.deepEqual(await rows(book), { ...after, link: after.link + links, audit: after.audit + links }, `${name}: one effect`);
    for (const answer of again) {
      assert.equal(answer.status, first.status, name);
      // A secret is told once and never kept: a retry makes a new link and ends the one before.
      if (links === 0) assert.deepEqual(answer.body, first.body, `${name}: one answer`);
    }
    const other = await caller.write(method, path, { ...body, other: 1 }, key);
    assert.equal(other.body?.code, "idempotency_key_reused", `${name}: ${JSON.stringify(other.body)}`);
    if (name === "draft_policy") drafted = first.body.version;
  }
  await assertInStep(book);
  return { writes: Object.keys(writes).length };
}

/** How many rows each table has. */
async function rows(book) {
  const { body } = await book.testing("counts");
  return Object.fromEntries(Object.entries(body).map(([table, count]) => [table, Number(count)]));
}

async function manyCustomers(book, count, prefix = "C") {
  const customers = Array.from({ length: count }, (_, i) => ({
    id: randomUUID(), code: `${prefix}-${i}`, name: `客户 ${prefix} ${i}`, stage: "active", currency: "CNY", salesperson: book.people.sales,
  }));
  await inParts(customers, 500, (part) => book.customers(...part));
  return customers.map((file) => ({ ...file }));
}

async function inParts(list, size, act) {
  for (let from = 0; from < list.length; from += size) await act(list.slice(from, from + size));
}
