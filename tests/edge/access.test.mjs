// Who may: every operation as every role, on rows in sight and out of sight, and in another company's book.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, Caller, PEOPLE, charged, granted, newId, yuan } from "../tools/book.mjs";
import { Contract, read } from "../tools/contract.mjs";
import { Edge } from "../tools/edge.mjs";

let edge, book, other, table, customers;
const callers = {};

before(async () => {
  edge = await Edge.start();
  [book, other] = [await Book.create(edge, "ours"), await Book.create(edge, "theirs")];
  customers = await fill(book);
  await fill(other);
  for (const { login } of PEOPLE) callers[login] = await book.signIn(login);
  callers.customer = await book.signIn("MINE", "portal");
  table = (await edge.api("GET", "testing/operations")).body;
});
after(() => edge.stop());

/** One customer of `sales`, one of `sales2`, each with a document, a limit, a confirmed order and two that are held. */
async function fill(book) {
  const files = await book.customers(
    { code: "MINE", name: "海川", salesperson: book.people.sales },
    { code: "OTHERS", name: "云岭", salesperson: book.people.sales2 },
  );
  await book.enforce();
  const officer = await book.signIn("officer");
  for (const [place, file] of files.entries()) {
    const document = charged(file.id, `${file.code}-1`, "2026-01-05", "2026-02-04", 100);
    await book.facts(document, ...granted(file.id, "2026-01-01", 100_000));
    const order = { id: randomUUID(), customer: file.id, amount: yuan(10), terms: { kind: "prepaid" } };
    const { status, body } = await officer.write("POST", "orders", { order, decision: randomUUID() });
    assert.equal(status, 200, JSON.stringify(body));
    const seller = await book.signIn(["sales", "sales2"][place]);
    const held = [1, 2].map(() => ({ id: randomUUID(), customer: file.id, amount: yuan(105_100), terms: { kind: "net", days: 30 } }));
    for (const order of held) assert.equal((await seller.write("POST", "orders", { order, decision: randomUUID() })).body.status, "held");
    Object.assign(file, { item: document.fact.id, order: order.id, decision: body.decision.id, released: held[0].id, refused: held[1].id, applications: {} });
    for (const use of ["read", "revise", "withdraw", "answer"]) {
      file.applications[use] = randomUUID();
      const asked = { limit: { kind: "amount", amount: yuan(100_001) }, reason: "备货" };
      const made = await seller.write("POST", "applications", { application: file.applications[use], customer: file.id, asked });
      assert.equal(made.status, 200, JSON.stringify(made.body));
    }
    await filed(officer, file, { kind: "alias", what: { name: "海川" } });
  }
  // Who sees customers that they are named on are named on the one of `sales`.
  for (const login of ["ops", "lead", "collector", "legal"]) {
    await filed(officer, files[0], { kind: "responsible", what: { person: book.people[login] } });
  }
  return { mine: files[0], others: files[1] };
}

/** Files a piece and remembers it. */
async function filed(caller, customer, piece) {
  customer.piece = newId();
  const { status, body } = await caller.write("POST", `customers/${customer.id}/pieces`, { id: customer.piece, piece });
  assert.equal(status, 200, JSON.stringify(body));
}

/** What every role that has a part in the file may write, or what is its own part. */
const PIECE = {
  contact: { kind: "contact", what: { name: "王芳", phone: "0574-8888" } },
  finance: { kind: "reference", what: { kind: "bank", from: "中国银行", date: "2026-02-01", text: "授信正常" } },
  legal: { kind: "agreement", what: { number: "YL-1", from: "2026-01-01" } },
  director: { kind: "group_limit", what: { from: "2026-01-01", limit: { kind: "amount", amount: yuan(1_000_000) } } },
};

/** A sound request for an operation about a customer; absent for those whose requests other tests know. */
function request(operation, customer, role) {
  const order = { id: randomUUID(), customer: customer.id, amount: yuan(1), terms: { kind: "prepaid" } };
  return {
    read_session: [""],
    sync: [""],
    read_customer: [customer.id],
    read_journal: [""],
    read_portfolio: [""],
    read_statement: [customer.id],
    check_order: ["", { order }],
    confirm_order: ["", { order, decision: randomUUID() }],
    read_orders: [""],
    read_order: [customer.order],
    change_order: [customer.order, { order: { ...order, id: customer.order, amount: yuan(11) }, decision: randomUUID() }],
    move_order: [customer.order, { at: "documents", decision: randomUUID() }],
    release_order: [customer.released, { decision: randomUUID(), overage: yuan(100_000), reason: "同意" }],
    refuse_order: [customer.refused, { reason: "不同意" }],
    hold_order: [customer.order, { held: true, reason: "复核" }],
    cancel_order: [customer.order],
    read_decision: [customer.decision],
    replay_decision: [customer.decision],
    read_policies: [""],
    apply: ["", { application: randomUUID(), customer: customer.id, asked: { limit: { kind: "amount", amount: yuan(1) }, reason: "备货" } }],
    read_applications: [""],
    read_application: [customer.applications?.read],
    revise_application: [customer.applications?.revise, { asked: { terms: { kind: "net", days: 1 }, reason: "备货" } }],
    withdraw_application: [customer.applications?.withdraw],
    answer_application: [customer.applications?.answer, { answer: "grant", reason: "同意" }],
    assess: ["", { customers: [customer.id] }],
    freeze: [customer.id, { frozen: false, reason: "复核" }],
    record_receipt: ["", { receipt: randomUUID(), customer: customer.id, date: "2026-02-01", amount: yuan(1), apply: [] }],
    read_write_offs: [""],
    record_rates: ["", { date: "2026-02-01", from: "USD", to: "CNY", rate: "7.1", source: "PBOC" }],
    invite_customer: [customer.id],
    read_pool: [""],
    read_audit: [""],
    verify_audit: [""],
    read_book: [""],
    read_sessions: [""],
    read_people: [""],
    invite_person: ["", { name: "新人", role: "sales" }],
    renew_link: [book.people.ops],
    change_person: [book.people.ops, { name: "吴操作" }],
    read_tokens: [""],
    make_token: ["", { name: "ERP", role: "finance", operations: ["record_receipt"], days: 30 }],
    read_portal_access: [customer.id],
    end_portal_access: [customer.id],
    read_file: [customer.id],
    read_piece: [customer.piece],
    sync_pieces: [""],
    read_report: [customer.id],
    read_attachments: [customer.id],
    read_settings: [""],
    read_messages: [""],
    read_leases: [""],
    add_piece: [customer.id, { id: newId(), piece: PIECE[role] ?? PIECE.contact }],
  }[operation];
}

const send = (caller, line, [id, body]) => {
  const path = line.path.replace("{id}", id);
  const headers = { "idempotency-key": randomUUID(), ...(VERSIONED.includes(line.operation) && { "if-match": '"1"' }) };
  return caller.ask(line.method, path, body, line.writes ? headers : {});
};

/** Edits of a version; the first one moves it. */
const VERSIONED = ["change_order", "release_order", "refuse_order", "revise_application", "answer_application"];
/** What can be done once: whoever may comes first, and the next is told that it is done. */
const ONCE = ["cancel_order", "hold_order", ...VERSIONED];
/** What only whoever made it may. */
const OWN = ["revise_application", "withdraw_application"];

/** The person to be a role: whoever has it. */
const who = (role) => callers[role === "customer" ? "customer" : PEOPLE.find((person) => person.role === role).login];

/** What names customers' rows; the others answer for the book. */
const ROWS = ["read_customer", "read_statement", "check_order", "confirm_order", "cancel_order", "read_order", "change_order", "move_order", "release_order", "refuse_order", "hold_order",
  "apply", "read_application", "revise_application", "withdraw_application", "answer_application", "read_decision", "freeze", "invite_customer", "read_portal_access", "end_portal_access",
  "read_file", "read_piece", "read_report", "add_piece", "read_attachments"];

/** Operations whose requests are made in tests of their own: files, versions of the policy, what ends a session or needs a password. */
const APART = [
  "end_session", "end_sessions", "end_one_session", "change_password", "begin_second_factor", "confirm_second_factor", "remove_second_factor",
  "revoke_token", "end_one_portal_access",
  "record_return", "record_recovery", "ask_write_off", "decide_write_off",
  "make_customer", "change_customer", "correct_piece", "withdraw_piece", "erase_piece", "ask_step", "decide_step",
  "draft_policy", "approve_policy", "read_imports", "stage_import", "commit_import", "discard_import", "undo_import",
  "add_attachment", "read_attachment", "remove_attachment", "change_settings", "retry_message", "cancel_message", "take_lease", "confirm_leased", "return_lease",
  "stage_bank", "commit_bank", "discard_bank", "read_claim", "claim_receipt", "set_receipt_aside",
];

test("every operation has its line here", () => {
  const lines = table.map(({ operation }) => operation).filter((operation) => request(operation, customers.mine));
  assert.deepEqual([...lines, ...APART].toSorted(), table.map(({ operation }) => operation).toSorted());
});

test("the served document has every line of the table, with who may, and nothing besides", async () => {
  const served = await edge.fetch("/api/v1/openapi.json");
  assert.deepEqual([served.status, served.headers.get("content-type")], [200, "application/json"]);
  const document = await served.json();
  assert.deepEqual(document, read("worker/openapi.json"));
  const { operations } = new Contract(document);
  const told = operations.filter((operation) => operation["x-who"]).map((operation) => ({
    operation: operation.operationId,
    method: operation.method,
    path: operation.path.replace("/api/v1/", ""),
    writes: operation.parameters?.some(({ $ref }) => $ref?.endsWith("/IdempotencyKey")) ?? false,
    four_eyes: operation["x-four-eyes"] ?? false,
    who: Object.entries(operation["x-who"]).toSorted(),
  }));
  const lines = table.map(({ others, who, ...line }) => ({ ...line, who: who.toSorted() }));
  const sorted = (list) => list.toSorted((a, b) => a.operation.localeCompare(b.operation));
  assert.deepEqual(sorted(told), sorted(lines));
  // What asks for nobody in particular: the ways in, what everybody may read, the deployment's own calls.
  const apart = Object.groupBy(operations.filter((operation) => !operation["x-who"]), ({ tags }) => tags[0]);
  assert.deepEqual(Object.keys(apart).toSorted(), ["in", "open", "operator"]);
  for (const operation of apart.in) {
    const { status, body } = await edge.api("POST", operation.path.replace("/api/v1/", ""), {});
    assert.deepEqual([status, body.code], [422, "body"], operation.path);
  }
  for (const { path } of apart.open) assert.equal((await edge.fetch(path)).status, 200, path);
  for (const { path, method } of apart.operator) assert.equal((await edge.fetch(path, { method })).status, 401, path);
});

test("what is published is kept by who has it, and only read", async () => {
  for (const path of ["openapi.json", "schemas/policy"]) {
    const first = await edge.fetch(`/api/v1/${path}`, { headers: { "accept-encoding": "gzip" } });
    assert.deepEqual([first.status, first.headers.get("content-encoding")], [200, "gzip"]);
    const again = await edge.fetch(`/api/v1/${path}`, { headers: { "if-none-match": first.headers.get("etag") } });
    assert.equal(again.status, 304);
    assert.equal((await edge.fetch(`/api/v1/${path}`, { method: "POST" })).status, 405);
  }
});

test("who may not is refused, whatever they ask about", async () => {
  let tried = 0;
  for (const line of table) {
    for (const role of line.others) {
      for (const customer of [customers.mine, { id: randomUUID(), order: randomUUID(), decision: randomUUID(), piece: newId() }]) {
        const answer = await send(who(role), line, request(line.operation, customer) ?? [randomUUID()]);
        assert.equal(answer.status, 403, `${role} ${line.operation}: ${JSON.stringify(answer.body)}`);
        assert.equal(answer.body.code, "forbidden");
        tried += 1;
      }
    }
  }
  assert.ok(tried > 200, `${tried} tried`);
});

test("who may does, on the rows that the table gives, and nothing else is there for them", async () => {
  const tried = new Set();
  for (const line of table) {
    for (const [role, rows] of line.who) {
      for (const [name, customer] of Object.entries(customers)) {
        const asked = request(line.operation, customer, role);
        if (!asked) continue;
        const answer = await send(who(role), line, asked);
        const sees = rows === "all" || rows === "free" || name === "mine" || !ROWS.includes(line.operation);
        const own = `sales${name === "mine" ? "" : "2"}`;
        if (sees && OWN.includes(line.operation) && who(role) !== callers[own]) {
          assert.deepEqual([answer.status, answer.body.code === "not_maker" || answer.status === 412], [answer.status === 412 ? 412 : 403, true]);
          continue;
        }
        const done = ONCE.includes(line.operation) ? [409, 412] : [];
        const expected = sees ? [200, 204, ...(tried.has(`${line.operation} ${name}`) ? done : [])] : [404];
        if (sees) tried.add(`${line.operation} ${name}`);
        assert.ok(expected.includes(answer.status), `${role} ${line.operation} ${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
        if (!sees) assert.equal(answer.body.code, "not_found");
      }
    }
  }
});

test("a customer out of sight and one that doesn't exist are refused in the same words", async () => {
  const hidden = (await callers.sales.get(`customers/${customers.others.id}`)).body;
  assert.deepEqual(hidden, (await callers.sales.get(`customers/${randomUUID()}`)).body);
  assert.deepEqual(hidden, (await callers.sales.get("customers/none")).body);
});

test("lists hold only rows in sight", async () => {
  const seen = (answer) => answer.body.customers.map(({ customer }) => customer.code);
  assert.deepEqual(seen(await callers.sales.get("sync")), ["MINE"]);
  assert.deepEqual(seen(await callers.sales2.get("sync")), ["OTHERS"]);
  assert.deepEqual(seen(await callers.officer.get("sync")).toSorted(), ["MINE", "OTHERS"]);
  assert.equal((await callers.sales.get("sync")).body.people, undefined);
  const customersOf = (answer) => [...new Set(answer.body.orders.map(({ order }) => order.customer))].toSorted();
  const { mine, others } = customers;
  assert.deepEqual(customersOf(await callers.sales.get("orders")), [mine.id]);
  assert.deepEqual(customersOf(await callers.sales.get(`orders?customer=${others.id}`)), []);
  assert.deepEqual(customersOf(await callers.sales2.get("orders?status=confirmed")), [others.id]);
  assert.deepEqual(customersOf(await callers.officer.get("orders")), [mine.id, others.id].toSorted());
  const applied = (answer) => [...new Set(answer.body.applications.map(({ customer }) => customer))].toSorted();
  assert.deepEqual(applied(await callers.sales.get("applications")), [mine.id]);
  assert.deepEqual(applied(await callers.sales2.get("applications")), [others.id]);
  assert.deepEqual(applied(await callers.officer.get("applications")), [mine.id, others.id].toSorted());
});

test("a salesperson sees no detail of a score", async () => {
  await callers.officer.write("POST", "assessments", {});
  const { mine } = customers;
  assert.equal((await callers.sales.get(`customers/${mine.id}`)).body.assessment, undefined);
  const { assessment } = (await callers.officer.get(`customers/${mine.id}`)).body;
  assert.equal(assessment.judgement.matter.kind, "assessment");
  assert.equal((await callers.sales.get(`decisions/${assessment.id}`)).status, 404);
  assert.equal((await callers.officer.get(`decisions/${assessment.id}`)).status, 200);
});

test("the portal tells a customer nothing of what we think of it", async () => {
  const { mine } = customers;
  // Whoever could end the customer's sessions did so above.
  callers.customer = await book.signIn("MINE", "portal");
  const { body } = await callers.customer.get(`customers/${mine.id}/statement?from=2026-01-01&to=2026-12-31`);
  assert.deepEqual([...new Set(body.facts.map(({ fact }) => fact.kind))].toSorted(), ["charged", "received"]);
  assert.equal(body.customer.salesperson, undefined);
  assert.equal(body.statement.accounts[0].open.length, 1);
});

test("a session opens no other company's book", async () => {
  const { mine } = customers;
  const foreign = await other.signIn("officer");
  assert.equal((await foreign.get(`customers/${mine.id}`)).status, 404);
  assert.equal((await foreign.get(`decisions/${mine.decision}`)).status, 404);
  assert.equal((await foreign.write("DELETE", `orders/${mine.order}`)).status, 404);
  // The same secret under another book's name.
  const forged = new Caller();
  Object.assign(forged, { edge, cookie: foreign.cookie.replace("=theirs.", "=ours.") });
  assert.equal((await forged.get("session")).status, 401);
});

test("without a session there is nothing", async () => {
  for (const line of table) {
    const path = line.path.replace("{id}", randomUUID());
    for (const cookie of ["", "__Host-session-desk=ours", `__Host-session-desk=ours.${"0".repeat(64)}`, `__Host-session-desk=nobody.${"0".repeat(64)}`, "__Host-session-desk=../../x"]) {
      const headers = { cookie, "idempotency-key": randomUUID() };
      const answer = await edge.api(line.method, path, line.method === "POST" ? {} : undefined, headers);
      assert.equal(answer.status, 401, `${line.operation} ${cookie}`);
    }
  }
});
