// What the product promises about money under stress, shown by doing it: races for the last of a customer's credit, power
// cuts right after and in the middle of writes, and writes sent again. `make test` does a few of each, `make prove` many.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Book, charged, granted, newId, yuan } from "./book.mjs";

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

/**
 * Many clients confirm and call off orders of few customers whose limits are nearly used. Afterwards every answer is walked
 * through in the order in which the book gave them: each saw exactly what the ones before it had left, passed when and only
 * when that was enough, and what is used in the end is the sum of what passed and was not called off.
 */
export async function rush(edge, confirmations, { clients = 50, customers: count = 100, seed = 3, code = "rush" } = {}) {
  const random = seeded(seed);
  const book = await begin(edge, code);
  const callers = await Promise.all(Array.from({ length: clients }, (_, i) => book.signIn(["sales", "officer", "manager"][i % 3])));
  const customers = await manyCustomers(book, count);
  const facts = [];
  for (const customer of customers) {
    customer.limit = 100_000 * (1 + Math.floor(random() * 9));
    customer.owed = Math.floor(customer.limit * (0.85 + 0.15 * random()));
    customer.events = [];
    facts.push(...granted(customer.id, EARLIER, customer.limit), charged(customer.id, `${customer.code}-1`, EARLIER, "2026-12-02", customer.owed));
  }
  await inParts(facts, 500, (part) => book.facts(...part));
  let left = confirmations;
  const seen = { confirmed: 0, held: 0, cancelled: 0 };
  const client = async (caller) => {
    while (left-- > 0) {
      const customer = customers[Math.floor(random() * count)];
      const amount = 1 + Math.floor(customer.limit * 0.06 * random());
      const { status, body } = await caller.write("POST", "orders", order(customer.id, amount));
      assert.equal(status, 200, JSON.stringify(body));
      assert.ok(body.status in seen, body.status);
      seen[body.status] += 1;
      customer.events.push({ ...body, amount });
      if (body.status !== "confirmed" || random() < 0.3) continue;
      // Most are called off again, so that there is credit to fight for.
      const { id } = body.decision.judgement.matter.order;
      const gone = await caller.write("DELETE", `orders/${id}`);
      assert.equal(gone.status, 200, JSON.stringify(gone.body));
      seen.cancelled += 1;
      customer.events.push({ status: "cancelled", amount, feed: gone.body.feed });
    }
  };
  await Promise.all(callers.map(client));
  for (const { id, limit, owed, events } of customers) {
    let used = owed;
    for (const { status, amount, decision } of events.toSorted((a, b) => a.feed - b.feed)) {
      if (status === "cancelled") {
        used -= amount;
        continue;
      }
      const { position, verdict } = decision.judgement.matter.answer;
      assert.equal(Number(position.exposure.total.amount), used, "what it saw is what the ones before it left");
      const fits = (used + amount) * 100 <= limit * 105;
      assert.equal(status, fits ? "confirmed" : "held", `${verdict}: ${used} + ${amount} of ${limit}`);
      if (fits) used += amount;
      assert.ok(used * 100 <= limit * 105, "no limit is exceeded");
    }
    const { standing } = (await callers[1].get(`customers/${id}`)).body;
    const sum = (rows) => rows.reduce((total, { amount }) => total + Number(amount.amount), 0);
    assert.equal(sum(standing.open) + sum(standing.orders), used, "no credit is lost");
  }
  await assertInStep(book);
  return { confirmations, clients, customers: count, ...seen };
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
  async import({ finance, book }, rows = 200) {
    const { id, facts } = await staged(finance, book, rows);
    return {
      send: (key) => finance.write("POST", `imports/${id}/commit`, undefined, key),
      there: async () => recorded(finance, book, id, facts),
    };
  },
};

/**
 * workerd is killed right after a write was acknowledged: it is there after the restart, once, and sent again it gets the
 * same answer. It is killed in the middle of recording or of sending a file, too: then all of the file is there or nothing.
 */
export async function cuts(edge, times, { seed = 2, code = "cuts" } = {}) {
  const random = seeded(seed);
  const book = await begin(edge, code);
  const [{ id: customer }] = await manyCustomers(book, 1);
  await book.facts(...granted(customer, EARLIER, 100_000_000));
  const people = { book, customer, officer: await book.signIn("officer"), finance: await book.signIn("finance") };
  const said = { cuts: times, acknowledged: {}, torn: { whole: 0, nothing: 0 }, tornUploads: 0 };
  // How long recording a file takes here, so that a cut falls into it.
  const { send } = await WRITES.import(people, TORN_ROWS);
  const lasts = await timed(async () => assert.equal((await send(randomUUID())).status, 200));
  const kinds = [...Object.keys(WRITES), "torn import", "torn import", "torn upload"];
  for (let i = 0; i < times; i++) {
    const kind = kinds[i % kinds.length];
    if (kind === "torn import") said.torn[await tornImport(edge, people, random() * lasts)] += 1;
    else if (kind === "torn upload") said.tornUploads += await tornUpload(edge, people, random() * lasts);
    else {
      await acknowledged(edge, people, kind);
      said.acknowledged[kind] = (said.acknowledged[kind] ?? 0) + 1;
    }
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

/** Rows of a file whose recording is cut: enough that it takes a while. */
const TORN_ROWS = 3_000;

async function tornImport(edge, { finance, book }, after) {
  const { id, facts } = await staged(finance, book, TORN_ROWS);
  const key = randomUUID();
  const send = () => finance.write("POST", `imports/${id}/commit`, undefined, key);
  const answer = send().catch(() => undefined);
  await wait(after);
  await edge.kill();
  await edge.restart();
  const found = await recorded(finance, book, id, facts);
  // `recorded` says all or nothing and fails on anything between; what was acknowledged must be there.
  if ((await answer)?.status === 200) assert.ok(found, "acknowledged, and gone after the power cut");
  const again = await send();
  assert.equal(again.status, 200, JSON.stringify(again.body));
  assert.ok(await recorded(finance, book, id, facts), "recorded after all");
  return found ? "whole" : "nothing";
}

async function tornUpload(edge, { finance, book }, after) {
  const before = await ledger(book);
  const { id, query, bytes, key } = file(TORN_ROWS);
  const sent = upload(finance, query, bytes, key).catch(() => undefined);
  await wait(after);
  await edge.kill();
  await edge.restart();
  await sent;
  assert.deepEqual(await ledger(book), before, "a file that is only sent shows nowhere");
  // Sent again, the same file goes through.
  const staged = await upload(finance, query, bytes, key);
  assert.equal(staged.status, 200, JSON.stringify(staged.body));
  assert.equal((await finance.write("DELETE", `imports/${id}`)).status < 300, true);
  return 1;
}

/**
 * Every write there is, sent three times with the same key, the last two at once: one effect and one answer; the same key
 * with another request is refused. The list of writes is the edge's own, so that one that is added here needs its line.
 */
export async function retries(edge, { code = "retries" } = {}) {
  const book = await begin(edge, code);
  const [{ id: customer }] = await manyCustomers(book, 1);
  const lost = charged(customer, "R-1", EARLIER, "2026-12-02", 500);
  await book.facts(...granted(customer, EARLIER, 100_000), lost);
  const people = Object.fromEntries(
    await Promise.all(["officer", "manager", "director", "finance", "admin"].map(async (login) => [login, await book.signIn(login)])),
  );
  const { officer, manager, director, finance, admin } = people;
  // Devices may have leases.
  const [{ policy: shipped }] = (await officer.get("policies")).body.versions;
  const policy = { ...shipped, lease: { ...shipped.lease, on: true } };
  const { version } = (await officer.write("POST", "policies", { policy })).body;
  assert.equal((await manager.write("POST", `policies/${version}/approval`)).status, 200);
  const [lease, leased] = [newId(), order(customer, 10)];
  const confirmed = order(customer, 100);
  const [application, withdrawn] = [randomUUID(), randomUUID()];
  const asked = { terms: { kind: "net", days: 45 }, reason: "再试" };
  assert.equal((await officer.write("POST", "applications", { application: withdrawn, customer, asked })).status, 200);
  const [over, refused] = [order(customer, 106_000), order(customer, 300_000)];
  for (const held of [over, refused]) assert.equal((await officer.write("POST", "orders", held)).body.status, "held");
  // Of a document a part is written off already; another write-off is asked for, and decided on.
  const item = lost.fact.id;
  const [done, written, received] = [newId(), newId(), randomUUID()];
  const agrees = { agrees: true, reason: "再试" };
  assert.equal((await finance.write("POST", `items/${item}/write-offs`, { id: done, amount: yuan(50), reason: "再试" })).status, 200);
  for (const who of [manager, director]) assert.equal((await who.write("POST", `write-offs/${done}/decision`, agrees)).status, 200);
  const file = await staged(finance, book, 20);
  const discarded = await staged(finance, book, 20);
  const prospect = { id: newId(), code: "P-1", name: "新客户", stage: "prospect", currency: "CNY" };
  const [contact, step] = [newId(), newId()];
  const person = (name) => ({ kind: "contact", what: { name } });
  // Two bank files with two entries: one is recorded, one discarded; of the entries one is claimed, one set aside.
  const [bank, unwanted] = [await stagedBank(finance), await stagedBank(finance)];
  // Two files are attached; one stays.
  const attached = [newId(), newId()];
  for (const [place, id] of attached.entries()) {
    const sent = await upload(officer, { id, name: "附件.csv" }, `号码,数\n${place},1\n`, randomUUID(), `customers/${customer}/attachments`);
    assert.equal(sent.status, 200, JSON.stringify(sent.body));
  }
  // Two messages wait for a receiver that there is none of by that name.
  const hook = { url: "https://nobody.example.com/hook", secret: "what messages of this book are signed with" };
  assert.equal((await admin.write("POST", "settings", { attached_bytes: 2 ** 30, hook }, randomUUID(), { "if-match": '"0"' })).status, 200);
  for (const frozen of [true, false]) assert.equal((await officer.write("POST", `customers/${customer}/freeze`, { frozen, reason: "再试" })).status, 200);
  const messages = (await admin.get("messages")).body.messages.map(({ message }) => message);
  assert.equal(messages.length, 2);
  let drafted, portal, token, sheet, pool;
  /** By operation: who does it, and what is sent. In an order in which each can follow the last. */
  const writes = {
    confirm_order: () => [officer, "POST", "orders", confirmed],
    take_lease: () => [officer, "POST", "leases", { lease, customer, device: "手机", amount: yuan(1_000) }],
    confirm_leased: () => [officer, "POST", `leases/${lease}/orders`, { ...leased, device: "手机", made: Math.floor(Date.now() / 60_000) }],
    return_lease: () => [officer, "DELETE", `leases/${lease}`],
    change_order: () => [officer, "POST", `orders/${confirmed.order.id}`, { order: { ...confirmed.order, amount: yuan(200) }, decision: randomUUID() }, 1],
    move_order: () => [officer, "POST", `orders/${confirmed.order.id}/checkpoints`, { at: "documents", decision: randomUUID() }],
    hold_order: () => [manager, "POST", `orders/${confirmed.order.id}/hold`, { held: true, reason: "再试" }],
    release_order: () => [manager, "POST", `orders/${over.order.id}/release`, { decision: randomUUID(), overage: yuan(10_000), reason: "再试" }, 1],
    refuse_order: () => [manager, "POST", `orders/${refused.order.id}/refusal`, { reason: "再试" }, 1],
    cancel_order: () => [officer, "DELETE", `orders/${confirmed.order.id}`],
    apply: () => [officer, "POST", "applications", { application, customer, asked: { limit: { kind: "amount", amount: yuan(100_001) }, reason: "再试" } }],
    revise_application: () => [officer, "POST", `applications/${application}`, { asked: { limit: { kind: "amount", amount: yuan(100_002) }, reason: "再试" } }, 1],
    answer_application: () => [manager, "POST", `applications/${application}/answer`, { answer: "grant", reason: "再试" }, 2],
    withdraw_application: () => [officer, "DELETE", `applications/${withdrawn}`],
    draft_policy: () => [officer, "POST", "policies", { policy: { ...policy, note: { zh: "再试", en: "again" } } }],
    approve_policy: () => [manager, "POST", `policies/${drafted}/approval`],
    assess: () => [officer, "POST", "assessments", { customers: [customer] }],
    freeze: () => [officer, "POST", `customers/${customer}/freeze`, { frozen: true, reason: "再试" }],
    commit_import: () => [finance, "POST", `imports/${file.id}/commit`],
    discard_import: () => [finance, "DELETE", `imports/${discarded.id}`],
    undo_import: () => [finance, "POST", `imports/${file.id}/undo`],
    discard_bank: () => [finance, "DELETE", `bank/${unwanted}`],
    commit_bank: () => [finance, "POST", `bank/${bank}/commit`],
    claim_receipt: () => [finance, "POST", `pool/${pool[0]}/claim`, { customer, apply: { how: "documents", documents: [] } }],
    set_receipt_aside: () => [finance, "POST", `pool/${pool[1]}/aside`, { reason: "再试" }],
    record_receipt: () => [finance, "POST", "receipts", { receipt: received, customer, date: TODAY, amount: yuan(9), apply: [] }],
    record_return: () => [finance, "POST", `receipts/${received}/returns`, { date: TODAY, amount: yuan(2), reason: "再试" }],
    record_recovery: () => [finance, "POST", `items/${item}/recoveries`, { receipt: received, date: TODAY, amount: yuan(3) }],
    ask_write_off: () => [finance, "POST", `items/${item}/write-offs`, { id: written, amount: yuan(20), reason: "再试" }],
    decide_write_off: () => [manager, "POST", `write-offs/${written}/decision`, agrees],
    record_rates: () => [finance, "POST", "rates", { date: TODAY, from: "USD", to: "CNY", rate: "7.1", source: "再试" }],
    invite_customer: () => [officer, "POST", `customers/${customer}/links`],
    end_one_portal_access: () => [officer, "DELETE", `portal/${portal}`],
    end_portal_access: () => [officer, "DELETE", `customers/${customer}/links`],
    invite_person: () => [admin, "POST", "people", { name: "新人", role: "sales" }],
    change_person: () => [admin, "POST", `people/${book.people.sales}`, { name: "林小雨二" }],
    renew_link: () => [admin, "POST", `people/${book.people.sales}/links`],
    make_token: () => [admin, "POST", "tokens", { name: "ERP", role: "finance", operations: ["record_receipt"], days: 30 }],
    revoke_token: () => [admin, "DELETE", `tokens/${token}`],
    make_customer: () => [officer, "POST", "customers", { customer: prospect }],
    change_customer: () => [officer, "POST", `customers/${prospect.id}`, { customer: { ...prospect, name: "新客户二" } }, sheet],
    add_piece: () => [officer, "POST", `customers/${customer}/pieces`, { id: contact, piece: person("王芳") }],
    correct_piece: () => [officer, "POST", `pieces/${contact}`, { piece: person("王芳芳") }, 1],
    withdraw_piece: () => [officer, "POST", `pieces/${contact}/withdrawal`, { reason: "离职" }, 2],
    erase_piece: () => [officer, "POST", `pieces/${contact}/erasure`, { reason: "本人要求" }, 3],
    ask_step: () => [officer, "POST", `customers/${customer}/steps`, { id: step, to: "suspended", reason: "停航" }],
    decide_step: () => [manager, "POST", `steps/${step}/decision`, { approve: true, reason: "同意" }],
    remove_attachment: () => [officer, "DELETE", `attachments/${attached[0]}`],
    change_settings: () => [admin, "POST", "settings", { attached_bytes: 2 ** 31, hook }, 1],
    cancel_message: () => [admin, "DELETE", `messages/${messages[0]}`],
    retry_message: () => [admin, "POST", `messages/${messages[1]}/retry`],
  };
  // A file travels as bytes; the kills above send one again.
  const apart = ["stage_import", "stage_bank", "add_attachment"];
  const { body: table } = await edge.api("GET", "testing/operations");
  const known = table.filter((line) => line.writes).map((line) => line.operation);
  assert.deepEqual(known.filter((name) => !apart.includes(name)).sort(), Object.keys(writes).sort(), "every write has its line here");

  for (const [name, make] of Object.entries(writes)) {
    const [caller, method, path, body, version] = make();
    const key = randomUUID();
    const headers = version === undefined ? {} : { "if-match": `"${version}"` };
    const send = (changed = body) => caller.write(method, path, changed, key, headers);
    const first = await send();
    assert.ok(first.status < 300, `${name}: ${JSON.stringify(first)}`);
    const after = await rows(book);
    const again = await Promise.all([send(), send()]);
    const secrets = ["invite_customer", "invite_person", "renew_link", "make_token"].includes(name) ? 2 : 0;
    const links = name === "make_token" ? 0 : secrets;
    // Another link is told of, too.
    const told = name.startsWith("invite_") ? secrets : 0;
    const expected = { ...after, link: after.link + links, audit: after.audit + secrets, message: after.message + told };
    assert.deepEqual(await rows(book), expected, `${name}: one effect`);
    for (const answer of again) {
      assert.equal(answer.status, first.status, name);
      // A secret is told once and never kept: a retry makes a new link or token and ends the one before.
      if (secrets === 0) assert.deepEqual(answer.body, first.body, `${name}: one answer`);
    }
    const other = await caller.write(method, path, { ...body, other: 1 }, key);
    assert.equal(other.body?.code, "idempotency_key_reused", `${name}: ${JSON.stringify(other.body)}`);
    if (name === "make_customer") sheet = first.body.version;
    if (name === "draft_policy") drafted = first.body.version;
    if (name === "commit_bank") pool = (await finance.get("pool")).body.receipts.map(({ receipt }) => receipt.money.receipt);
    if (name === "make_token") token = first.body.id;
    if (name === "invite_customer") [{ link: portal }] = (await officer.get(`customers/${customer}/links`)).body.links;
  }
  await assertInStep(book);
  return { writes: Object.keys(writes).length };
}

/** How many rows each table has. */
async function rows(book) {
  const { body } = await book.testing("counts");
  return Object.fromEntries(Object.entries(body).map(([table, count]) => [table, Number(count)]));
}

let files = 0;

/** A file of new receivables of a new customer. */
function file(rows) {
  files += 1;
  const line = (_, i) => `F${files}-${i},T-${files},2026-11-03,2026-12-03,${(i + 1) * 3}.21`;
  const text = ["发票号,客户编号,开票日期,到期日,价税合计", ...Array.from({ length: rows }, line)].join("\n");
  const id = randomUUID();
  return { id, query: { id, name: `file-${files}.csv` }, bytes: `${text}\n`, key: randomUUID() };
}

/** Stages a file; how many facts are to come. */
async function staged(finance, book, rows) {
  const { id, query, bytes, key } = file(rows);
  const first = await upload(finance, query, bytes, key);
  assert.equal(first.status, 200, JSON.stringify(first.body));
  // Its customer is new, and somebody says that it may be made.
  const mapping = { ...first.body.mapping, choices: { ...first.body.mapping.choices, unknown_customers: "create" } };
  const again = await upload(finance, { ...query, mapping: JSON.stringify(mapping) }, bytes, randomUUID());
  assert.equal(again.status, 200, JSON.stringify(again.body));
  return { id, facts: { before: await ledger(book), rows } };
}

/** Stages a bank's file with two credits. */
async function stagedBank(finance) {
  const bytes = "交易日期,交易流水号,收入,对方户名\n2026-11-20,B1,10,海川\n2026-11-20,B2,20,云岭\n";
  const { status, body } = await upload(finance, { id: randomUUID(), name: "bank.csv" }, bytes, randomUUID(), "bank");
  assert.equal(status, 200, JSON.stringify(body));
  return body.file;
}

async function upload(caller, query, bytes, key, to = "imports") {
  const headers = { "content-type": "application/octet-stream", "idempotency-key": key, cookie: caller.cookie };
  const response = await caller.edge.fetch(`/api/v1/${to}?${new URLSearchParams(query)}`, { method: "POST", headers, body: bytes });
  return { status: response.status, body: await response.json() };
}

/** How much of the ledger can be seen. */
async function ledger(book) {
  const { fact, item, customer, standing } = (await book.testing("counts")).body;
  return { facts: Number(fact), items: Number(item), customers: Number(customer), standings: Number(standing) };
}

/** Whether a file is recorded whole; anything between all and nothing fails. */
async function recorded(finance, book, id, { before, rows }) {
  const { imports } = (await finance.get("imports")).body;
  const { state } = imports.find((entry) => entry.import === id);
  const now = await ledger(book);
  if (state === "recorded") {
    const all = { facts: before.facts + rows, items: before.items + rows, customers: before.customers + 1, standings: before.standings + 1 };
    assert.deepEqual(now, all, "all of a recorded file is there");
  } else {
    assert.deepEqual(now, before, "nothing of a file that isn't recorded is there");
  }
  return state === "recorded";
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

async function timed(act) {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
