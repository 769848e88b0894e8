// What somebody would try who means harm, each attempt with what must come of it. Besides: guessing passwords, the work that a
// sign-in costs and second factors stand in people.test.mjs, every role at every operation in access.test.mjs, bodies of all
// kinds in bodies.test.mjs, hashes and names of files served in files.test.mjs; stored words on pages and in tables that go
// out in tests/pages/attacks.spec.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { after, before, test } from "node:test";
import { Book, Caller, PEOPLE, charged, granted, newId, operator, yuan } from "../tools/book.mjs";
import { Contract } from "../tools/contract.mjs";
import { Edge } from "../tools/edge.mjs";
import { workbook, zip } from "../tools/xlsx.mjs";

const TODAY = "2026-11-20";
let edge, table, ours, theirs;
before(async () => {
  edge = await Edge.start();
  table = (await edge.api("GET", "testing/operations")).body;
  [ours, theirs] = [await filled("ours"), await filled("theirs")];
});
after(() => edge.stop());

const ok = (answer) => (assert.ok(answer.status < 300, JSON.stringify(answer.body)), answer.body);
const refused = (answer, status, code, about) => assert.deepEqual([answer.status, answer.body?.code], [status, code], `${about ?? ""} ${JSON.stringify(answer.body)}`);
/** How many rows each table of a book has, but for what a look writes. */
const rows = async (book) => {
  const { audit, further_version, throttle, ...kept } = (await book.testing("counts")).body;
  return kept;
};
const order = (customer, amount) => ({ id: randomUUID(), customer, amount: yuan(amount), terms: { kind: "net", days: 30 } });

/** Sends a file to the stage. */
async function upload(caller, bytes, { to = "imports", key = randomUUID(), ...query } = {}) {
  const asked = new URLSearchParams({ id: randomUUID(), name: "file.csv", ...query });
  const headers = { "content-type": "application/octet-stream", "idempotency-key": key, cookie: caller.cookie };
  const response = await edge.fetch(`/api/v1/${to}?${asked}`, { method: "POST", headers, body: bytes });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** A company with one of everything that has an id, all of it `sales`' or about their customer, and everybody signed in. */
async function filled(code) {
  const book = await Book.create(edge, code, { demo_today: TODAY });
  const callers = {};
  for (const { login } of PEOPLE) callers[login] = await book.signIn(login);
  const { sales, officer, manager, finance, admin } = callers;
  const [{ id: customer }, { id: other }] = await book.customers(
    { code: "MINE", name: "海川", salesperson: book.people.sales },
    { code: "OTHERS", name: "云岭", salesperson: book.people.sales2 },
  );
  const document = charged(customer, "MINE-1", "2026-11-02", "2026-12-02", 500);
  await book.facts(document, ...granted(customer, "2026-11-01", 100_000), ...granted(other, "2026-11-01", 100_000));
  const confirmed = ok(await sales.write("POST", "orders", { order: order(customer, 10), decision: randomUUID() }));
  const held = order(customer, 115_000);
  assert.equal(ok(await sales.write("POST", "orders", { order: held, decision: randomUUID() })).status, "held");
  const application = randomUUID();
  const asked = { limit: { kind: "amount", amount: yuan(100_001) }, reason: "备货" };
  ok(await sales.write("POST", "applications", { application, customer, asked }));
  const [piece, step] = [newId(), newId()];
  ok(await sales.write("POST", `customers/${customer}/pieces`, { id: piece, piece: { kind: "contact", what: { name: "王芳" } } }));
  ok(await sales.write("POST", `customers/${customer}/steps`, { id: step, to: "suspended", reason: "停航" }));
  const staged = ok(await upload(finance, "发票号,客户编号,开票日期,到期日,价税合计\nF-1,MINE,2026-11-03,2026-12-03,3.21\n"));
  const bank = ok(await upload(finance, `交易日期,交易流水号,收入,对方户名\n2026-11-20,${code}-1,10,海川\n`, { to: "bank" }));
  ok(await finance.write("POST", `bank/${bank.file}/commit`));
  const waiting = ok(await upload(finance, `交易日期,交易流水号,收入,对方户名\n2026-11-20,${code}-2,10,海川\n`, { to: "bank", name: "bank2.csv" }));
  // A receiver that nobody is at, so that a message waits.
  const hook = { url: `https://${code}.example.com/hook`, secret: "what messages of this book are signed with" };
  ok(await admin.write("POST", "settings", { attached_bytes: 1 << 30, hook }, randomUUID(), { "if-match": '"0"' }));
  ok(await officer.write("POST", `customers/${customer}/freeze`, { frozen: false, reason: "复核" }));
  const [{ message }] = ok(await admin.get("messages")).messages;
  // Leases are off; one was given when they were not.
  const lease = newId();
  const given = `INSERT INTO lease (id, customer, person, device, policy, currency, minor, given, ends, reserved_until, state, feed)
    VALUES ('${lease}', '${customer}', '${book.people.sales}', '手机', 'x', 'CNY', 100, 1, 2, 1000000000, 'open', 0)`;
  ok(await book.testing("meddle", given));
  const attachment = newId();
  ok(await upload(sales, "提单号,箱号\n", { to: `customers/${customer}/attachments`, id: attachment, name: "提单.csv" }));
  ok(await sales.write("POST", `customers/${customer}/links`));
  const { links } = ok(await sales.get(`customers/${customer}/links`));
  const token = ok(await admin.write("POST", "tokens", { name: "ERP", role: "finance", operations: ["record_receipt"], days: 30 }));
  const { policy } = ok(await officer.get("policies")).versions[0];
  const drafts = [];
  for (let i = 0; i < (code === "ours" ? 2 : 1); i++) {
    drafts.push(ok(await officer.write("POST", "policies", { policy: { ...policy, note: { zh: `草案${i}`, en: "draft" } } })).version);
  }
  const [receipt, writeOff] = [randomUUID(), newId()];
  ok(await finance.write("POST", "receipts", { receipt, customer, date: TODAY, amount: yuan(5), apply: [] }));
  ok(await finance.write("POST", `items/${document.fact.id}/write-offs`, { id: writeOff, amount: yuan(20), reason: "尾差" }));
  callers.customer = await book.signIn("OTHERS", "portal");
  const { sessions } = ok(await sales.get("sessions"));
  /** By the first part of a path: the id that can stand behind it. The last draft is one that the other company hasn't got. */
  const ids = {
    customers: customer, orders: confirmed.decision.judgement.matter.order.id, decisions: confirmed.decision.id, policies: drafts.at(-1), applications: application,
    imports: staged.import, sessions: sessions[0].session, people: book.people.ops, tokens: token.id, portal: links[0].link, pieces: piece, steps: step,
    bank: waiting.file, pool: bank.listed[0].money.receipt, receipts: receipt, items: document.fact.id, "write-offs": writeOff,
    attachments: attachment, messages: message, leases: lease,
  };
  return Object.assign(book, { callers, ids, held: held.id, other, item: document.fact.id, policy });
}

/** A sound body for every operation about something with an id that takes one. */
function body(operation, { ids, policy, people }) {
  const customer = { id: ids.customers, code: "MINE", name: "海川", stage: "active", currency: "CNY", salesperson: people.sales };
  return {
    change_order: { order: { ...order(ids.customers, 11), id: ids.orders }, decision: randomUUID() },
    move_order: { at: "documents", decision: randomUUID() },
    release_order: { decision: randomUUID(), overage: yuan(100_000), reason: "同意" },
    refuse_order: { reason: "不同意" },
    hold_order: { held: true, reason: "复核" },
    revise_application: { asked: { terms: { kind: "net", days: 1 }, reason: "备货" } },
    answer_application: { answer: "refuse", reason: "不同意" },
    freeze: { frozen: true, reason: "复核" },
    change_person: { name: "别人" },
    change_customer: { customer },
    add_piece: { id: newId(), piece: { kind: "contact", what: { name: "王芳" } } },
    correct_piece: { piece: { kind: "contact", what: { name: "王芳芳" } } },
    withdraw_piece: { reason: "离职" },
    erase_piece: { reason: "本人要求" },
    ask_step: { id: newId(), to: "ended", reason: "停航" },
    decide_step: { approve: true, reason: "同意" },
    claim_receipt: { customer: ids.customers, apply: { how: "documents", documents: [] } },
    set_receipt_aside: { reason: "退回" },
    record_return: { date: TODAY, amount: yuan(1), reason: "退汇" },
    record_recovery: { receipt: ids.receipts, date: TODAY, amount: yuan(1) },
    ask_write_off: { id: newId(), amount: yuan(1), reason: "尾差" },
    decide_write_off: { agrees: true, reason: "同意" },
    // Without an id.
    check_order: { order: order(ids.customers, 1) },
    confirm_order: { order: order(ids.customers, 1), decision: randomUUID() },
    draft_policy: { policy },
    assess: { customers: [ids.customers] },
    apply: { application: randomUUID(), customer: ids.customers, asked: { terms: { kind: "net", days: 1 }, reason: "备货" } },
    record_receipt: { receipt: randomUUID(), customer: ids.customers, date: TODAY, amount: yuan(1), apply: [] },
    record_rates: { date: TODAY, from: "USD", to: "CNY", rate: "7.1", source: "PBOC" },
    change_password: { password: "x", new_password: "nobody guesses this" },
    begin_second_factor: { password: "x" },
    confirm_second_factor: { code: "000000" },
    remove_second_factor: { password: "x" },
    invite_person: { name: "新人", role: "sales" },
    make_token: { name: "ERP", role: "finance", operations: ["record_receipt"], days: 30 },
    take_lease: { lease: newId(), customer: ids.customers, device: "手机", amount: yuan(1) },
    confirm_leased: { order: order(ids.customers, 1), decision: randomUUID(), device: "手机", made: 1 },
    change_settings: { attached_bytes: 1 << 30 },
    make_customer: { customer: { ...customer, id: newId(), code: "NEW", stage: "prospect" } },
  }[operation];
}

const about = (line) => line.path.split("/")[0];
const who = (book, role) => book.callers[role === "customer" ? "customer" : PEOPLE.find((person) => person.role === role).login];
const send = (caller, line, id, given, headers = {}) => {
  const all = { ...(line.method !== "GET" && { "idempotency-key": randomUUID(), "if-match": '"1"' }), ...headers };
  return caller.ask(line.method, line.path.replace("{id}", id), given, all);
};

// ———— Somebody else's things

test("another company's ids open nothing, whatever is asked of them by whoever may ask", async () => {
  const [before, mine] = [await rows(theirs), await rows(ours)];
  let tried = 0;
  for (const line of table.filter(({ path }) => path.includes("{id}"))) {
    const id = ours.ids[about(line)];
    assert.ok(id, `${line.operation} is about something that this test has none of`);
    for (const [role] of line.who) {
      const answer = await send(who(theirs, role), line, id, body(line.operation, { ...theirs, ids: ours.ids }));
      refused(answer, 404, "not_found", `${role} ${line.operation}`);
      tried += 1;
    }
  }
  assert.ok(tried > 100, `${tried} tried`);
  assert.deepEqual(await rows(theirs), before);
  assert.deepEqual(await rows(ours), mine);
});

test("ids of another company inside a body are none of this one", async () => {
  const { officer, finance, sales } = theirs.callers;
  const before = await rows(theirs);
  for (const [caller, path, given, statuses] of [
    [sales, "orders", { order: order(ours.ids.customers, 1), decision: randomUUID() }, [404]],
    [sales, "checks", { order: order(ours.ids.customers, 1) }, [404]],
    [sales, "leases", { lease: newId(), customer: ours.ids.customers, device: "手机", amount: yuan(1) }, [404]],
    [sales, "applications", body("apply", ours), [404]],
    [officer, "assessments", { customers: [ours.ids.customers] }, [404]],
    [finance, "receipts", body("record_receipt", ours), [404]],
    [finance, "receipts", { ...body("record_receipt", theirs), apply: [[ours.item, yuan(1)]] }, [422]],
    [finance, `pool/${theirs.ids.pool}/claim`, { customer: ours.ids.customers, apply: { how: "documents", documents: [] } }, [404, 422]],
    [finance, `pool/${theirs.ids.pool}/claim`, { customer: theirs.ids.customers, apply: { how: "documents", documents: [[ours.item, yuan(1)]] } }, [404, 422]],
    [officer, `customers/${theirs.ids.customers}/pieces`, { id: newId(), piece: { kind: "responsible", what: { person: ours.people.ops } } }, [404, 422]],
    [officer, `customers/${theirs.ids.customers}/pieces`, { id: newId(), piece: { kind: "dispute", what: { item: ours.item, date: TODAY, reason: "价格" } } }, [404, 422]],
  ]) {
    const answer = await caller.write("POST", path, given);
    assert.ok(statuses.includes(answer.status), `${path} ${JSON.stringify(given)}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  assert.deepEqual(await rows(theirs), before);
});

test("a colleague's customer, and all that hangs on it, is not there for who sells to others", async () => {
  const { sales2, ops, lead, collector, legal } = ours.callers;
  const before = await rows(ours);
  let tried = 0;
  for (const line of table.filter(({ path }) => path.includes("{id}"))) {
    for (const [role, reach] of line.who) {
      if (!["own", "assigned", "itself"].includes(reach)) continue;
      const caller = { sales: sales2, ops, sales_lead: lead, collector, legal, customer: ours.callers.customer }[role];
      const answer = await send(caller, line, ours.ids[about(line)], body(line.operation, ours));
      refused(answer, 404, "not_found", `${role} ${line.operation}`);
      tried += 1;
    }
  }
  assert.ok(tried > 25, `${tried} tried`);
  assert.deepEqual(await rows(ours), before);
});

test("a session of somebody else is ended by nobody else", async () => {
  const { officer, admin, finance } = ours.callers;
  for (const caller of [officer, admin, finance]) refused(await caller.ask("DELETE", `sessions/${ours.ids.sessions}`), 404, "not_found");
  assert.equal((await ours.callers.sales.get("session")).status, 200);
});

test("whose they are, there they are", async () => {
  // What the tests above ask for in vain is there.
  const { sales, officer, manager, finance, admin } = ours.callers;
  const { ids } = ours;
  for (const path of [`customers/${ids.customers}`, `orders/${ids.orders}`, `decisions/${ids.decisions}`, `applications/${ids.applications}`, `pieces/${ids.pieces}`]) ok(await sales.get(path));
  const lists = [
    [finance, "imports", ids.imports], [admin, "people", ids.people], [sales, "leases", ids.leases], [admin, "messages", ids.messages], [admin, "tokens", ids.tokens], [sales, `customers/${ids.customers}/links`, ids.portal],
    [finance, "pool", ids.pool], [finance, "write-offs", ids["write-offs"]], [finance, `customers/${ids.customers}/statement`, ids.items], [finance, `customers/${ids.customers}/statement`, ids.receipts], [sales, "sessions", ids.sessions], [officer, `customers/${ids.customers}/file`, ids.steps], [officer, `customers/${ids.customers}/attachments`, ids.attachments], [manager, "policies", `"version":${ids.policies}`],
  ];
  for (const [caller, path, id] of lists) assert.ok(JSON.stringify(ok(await caller.get(path))).includes(id), path);
  ok(await finance.write("POST", `bank/${ids.bank}/commit`));
});

// ———— Requests that a page of somebody else makes

test("no write is done for a page of another site, whatever it is and whatever the browser says of it", async () => {
  const before = await rows(ours);
  const foreign = [{ "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { "sec-fetch-site": "none" }, { origin: "https://elsewhere.example" }, { origin: "null" }, { origin: `${edge.url}.elsewhere.example` }];
  for (const line of table.filter(({ method }) => method !== "GET")) {
    const caller = who(ours, line.who[0][0]);
    for (const headers of foreign) {
      refused(await send(caller, line, ours.ids[about(line)], body(line.operation, ours), headers), 403, "other_site", `${line.operation} ${JSON.stringify(headers)}`);
    }
  }
  for (const path of ["session", "session/link", "session/join", "session/password"]) {
    for (const headers of foreign) refused(await edge.api("POST", path, { token: "x" }, headers), 403, "other_site", path);
  }
  assert.deepEqual(await rows(ours), before);
});

test("what a form can send is taken by nothing that changes anything", async () => {
  const before = await rows(ours);
  for (const line of table.filter(({ method }) => method === "POST")) {
    const caller = who(ours, line.who[0][0]);
    for (const kind of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "text/plain; application/json", ""]) {
      const response = await edge.fetch(`/api/v1/${line.path.replace("{id}", ours.ids[about(line)])}?id=${randomUUID()}&name=x`, {
        method: "POST",
        headers: { cookie: caller.cookie, "idempotency-key": randomUUID(), "if-match": '"1"', "content-type": kind },
        body: Buffer.from(JSON.stringify(body(line.operation, ours) ?? { a: 1 })),
      });
      assert.equal(response.status, 415, `${line.operation} ${kind}: ${await response.text()}`);
    }
  }
  assert.deepEqual(await rows(ours), before);
});

test("no other origin is let in, not even to ask whether it might be", async () => {
  const origin = "https://elsewhere.example";
  for (const path of ["/api/v1/sync", "/api/v1/openapi.json", "/operator/v1/books", "/desk/"]) {
    for (const method of ["GET", "OPTIONS"]) {
      const headers = { origin, cookie: ours.callers.officer.cookie, "access-control-request-method": "POST" };
      const response = await edge.fetch(path, { method, headers });
      assert.deepEqual([...response.headers.keys()].filter((name) => name.startsWith("access-control-")), [], `${method} ${path}`);
      if (method === "OPTIONS") assert.equal(response.status, 405, path);
    }
  }
});

test("what is asked by another method is told which there are", async () => {
  for (const [method, path, allowed] of [
    ["PUT", "/api/v1/session", "DELETE, GET, POST"], ["DELETE", "/api/v1/sync", "GET"], ["GET", "/api/v1/session/join", "POST"], ["POST", "/api/v1/health", "GET"],
    ["POST", "/api/v1/openapi.json", "GET"], ["QUERY", "/api/v1/session", "DELETE, GET, POST"], ["QUERY", "/api/v1/sync", "GET"], ["SEARCH", "/desk/", "GET, HEAD"], ["PATCH", `/api/v1/customers/${randomUUID()}`, "GET, POST"], ["GET", "/operator/v1/books", "POST"], ["POST", "/desk/", "GET, HEAD"],
  ]) {
    const response = await edge.fetch(path, { method });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, allowed], path);
  }
});

// ———— Sessions and links

test("a token that somebody else made up or brought along never becomes a session", async () => {
  const attacker = await ours.signIn("officer");
  const made = `__Host-session-desk=ours.${"0".repeat(64)}.${"0".repeat(16)}`;
  for (const planted of [attacker.cookie, made, `${made}; ${attacker.cookie}`]) {
    const answer = await edge.api("POST", "session", { token: await ours.link("desk", "manager") }, { cookie: planted });
    const token = answer.headers.get("set-cookie").split(";")[0];
    assert.ok(!planted.includes(token), "who signs in gets a token that nobody knew");
    assert.equal((await edge.api("GET", "session", undefined, { cookie: token })).body.role, "manager");
  }
  assert.equal((await attacker.get("session")).body.role, "officer", "and whoever planted theirs is still who they were");
  assert.equal((await edge.api("GET", "session", undefined, { cookie: made })).status, 401);
  // A token in the address or under another name is none.
  const token = attacker.cookie.split("=")[1];
  for (const [path, headers] of [[`session?token=${token}`, {}], ["session", { cookie: `session=${token}` }], ["session", { cookie: attacker.cookie.replace("desk", "Desk") }], ["session", { "x-token": token }]]) {
    assert.equal((await edge.api("GET", path, undefined, headers)).status, 401, path);
  }
  // A session is no program's token, and a link is neither.
  const link = await ours.link("desk", "officer");
  for (const given of [link, `${token}x`, token.toUpperCase()]) {
    assert.equal((await edge.api("GET", "session", undefined, { authorization: `Bearer ${given}` })).status, 401);
    assert.equal((await edge.api("GET", "session", undefined, { cookie: `__Host-session-desk=${given}` })).status, 401);
  }
});

test("a link that is sent many times at once opens one session", async () => {
  const links = [await ours.link("desk", "officer"), await ours.link("portal", "OTHERS")];
  for (const token of links) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => edge.api("POST", "session", { token })));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array(7).fill(401)]);
    refused(await edge.api("POST", "session", { token }), 401, "link_spent");
    refused(await edge.api("POST", "session/link", { token }), 401, "link_spent");
  }
});

test("an invitation or a set-up link makes one account, however often it is sent", async () => {
  const { admin } = ours.callers;
  const invited = ok(await admin.write("POST", "people", { name: "新人", role: "officer" })).link.token;
  ok(await operator(edge, "books", { code: "set-up", name: "启航", currency: "CNY", utc_offset_minutes: 480, people: [{ login: "admin", name: "马", role: "admin" }] }));
  const setUp = ok(await operator(edge, "books/set-up/links", { door: "desk", login: "admin", purpose: "join" })).token;
  for (const [place, token] of [invited, setUp].entries()) {
    const joins = (n) => edge.api("POST", "session/join", { token, name: `人${n}`, login: `n${place}${n}@attacks.cn`, password: "大船慢慢开 2026 gdansk" });
    const answers = await Promise.all([1, 2, 3].map(joins));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 401, 401]);
    refused(await joins(4), 401, "link_spent");
  }
});

test("a write that somebody overheard is nobody else's to send again", async () => {
  const { officer, manager } = ours.callers;
  const key = randomUUID();
  const given = { customers: [ours.ids.customers] };
  ok(await officer.write("POST", "assessments", given, key));
  refused(await manager.write("POST", "assessments", given, key), 409, "idempotency_key_reused");
  // In another company the key means nothing.
  const { officer: other } = theirs.callers;
  ok(await other.write("POST", "assessments", { customers: [theirs.ids.customers] }, key));
});

// ———— Fields that nobody asked for

test("no body takes a field that it doesn't have, at its top or below", async () => {
  const contract = new Contract(await (await edge.fetch("/api/v1/openapi.json")).json());
  const seen = new Set();
  /** Every object that a request may hold names its fields, and takes no others. */
  const closed = (schema, place) => {
    if (schema === null || typeof schema !== "object") return;
    if (schema.$ref && !seen.has(schema.$ref)) {
      seen.add(schema.$ref);
      closed(contract.resolve({ $ref: schema.$ref }), schema.$ref);
    }
    if (schema.properties || [schema.type].flat().includes("object")) assert.ok("additionalProperties" in schema, `${place} takes anything`);
    for (const [name, property] of Object.entries(schema.properties ?? {})) closed(property, `${place}/${name}`);
    for (const several of ["oneOf", "anyOf", "allOf", "prefixItems"]) schema[several]?.forEach((one) => closed(one, `${place}/${several}`));
    for (const one of ["items", "additionalProperties"]) closed(schema[one], `${place}/${one}`);
  };
  const taking = contract.operations.filter(({ requestBody }) => requestBody?.content["application/json"]);
  for (const { operationId, requestBody } of taking) closed(requestBody.content["application/json"].schema, operationId);
  assert.ok(seen.size > 100);

  const before = await rows(ours);
  for (const line of table.filter(({ operation }) => body(operation, ours))) {
    const [role] = line.who.find(([, reach]) => reach === "all" || reach === "free") ?? line.who[0];
    const caller = who(ours, role);
    for (const [field, value] of [["role", "admin"], ["id", randomUUID()], ["person", ours.people.admin], ["made_by", ours.people.sales], ["status", "confirmed"], ["__proto__", { role: "admin" }]]) {
      const sound = body(line.operation, ours);
      const known = taking.find(({ operationId }) => operationId === line.operation).requestBody.content["application/json"].schema;
      if (field in contract.resolve(known).properties) continue;
      // Written by hand: `__proto__` would be no field otherwise.
      const text = `${JSON.stringify(sound).slice(0, -1)},${JSON.stringify(field)}:${JSON.stringify(value)}}`;
      const response = await edge.fetch(`/api/v1/${line.path.replace("{id}", ours.ids[about(line)])}`, {
        method: line.method, body: text,
        headers: { cookie: caller.cookie, "idempotency-key": randomUUID(), "if-match": '"1"', "content-type": "application/json" },
      });
      const answer = { status: response.status, body: await response.json() };
      // Who has no password isn't asked what else they sent.
      if (line.operation.includes("password") || line.operation.includes("second_factor")) assert.ok([401, 422, 429].includes(answer.status), line.operation);
      else refused(answer, 422, "body", `${line.operation} ${field}`);
    }
  }
  assert.deepEqual(await rows(ours), before);
  for (const line of table.filter(({ path, operation, method }) => method === "POST" && path.includes("{id}") && !body(operation, ours))) {
    const { requestBody } = contract.operations.find(({ operationId }) => operationId === line.operation);
    assert.equal(requestBody?.content["application/json"], undefined, `${line.operation} takes a body, and this test has none`);
  }
});

// ———— Words that mean something elsewhere

test("words that mean something to SQL find nothing more and change nothing", async () => {
  const { officer, auditor } = ours.callers;
  const before = await rows(ours);
  const words = ["' OR '1'='1", "x' UNION SELECT json_quote(hash) FROM password --", "1; DROP TABLE fact", "%", "_", "' || (SELECT token FROM link) || '", "\\", "json('x')", "1 OR 1=1"];
  for (const word of words) {
    const given = encodeURIComponent(word);
    assert.deepEqual(ok(await auditor.get(`audit?subject=${given}`)).entries, [], word);
    for (const path of [
      `orders?status=${given}`, `orders?customer=${given}`, `orders?salesperson=${given}`, `orders?from=${given}`, `orders?after=${given}`, `orders?limit=${given}`,
      `applications?state=${given}`, `applications?customer=${given}`, `applications?after=${given}`, `sync?since=${given}`, `pieces?since=${given}`, `audit?before=${given}`,
      `customers/${ours.ids.customers}/file?kind=${given}`, `customers/${ours.ids.customers}/statement?from=${given}`,
    ]) {
      const answer = await officer.get(path);
      assert.equal(answer.status, 422, `${path}: ${JSON.stringify(answer.body).slice(0, 200)}`);
    }
    assert.equal((await officer.get(`applications?role=${given}`)).body.applications?.length ?? 0, 0, word);
    for (const path of [`customers/${given}`, `orders/${given}`, `pieces/${given}`, `decisions/${given}`]) assert.equal((await officer.get(path)).status, 404, path);
  }
  assert.deepEqual(await rows(ours), before);
});

const MARKUP = `<img src=x onerror=alert(1)>"'</script><script>alert(1)</script>`;

test("words with markup leave the edge as they came, as data that no browser takes for a page", async () => {
  const { sales, officer, finance, admin } = ours.callers;
  const [{ id }] = await ours.customers({ code: "<b>X</b>", name: MARKUP, salesperson: ours.people.sales });
  ok(await sales.write("POST", `customers/${id}/pieces`, { id: newId(), piece: { kind: "contact", what: { name: MARKUP } } }));
  ok(await admin.write("POST", `people/${ours.people.legal}`, { name: MARKUP }));
  ok(await officer.write("POST", `customers/${id}/freeze`, { frozen: true, reason: MARKUP }));
  ok(await upload(finance, `发票号,客户编号,开票日期,到期日,价税合计\n${MARKUP.replaceAll('"', "")},MINE,2026-11-03,2026-12-03,3.21\n`, { name: `${MARKUP}.csv` }));
  // A text that would be a page elsewhere; as files go out, it is none.
  const file = ok(await upload(sales, MARKUP, { to: `customers/${ours.ids.customers}/attachments`, id: newId(), name: "a.txt" }));
  let seen = 0;
  for (const line of table.filter(({ method }) => method === "GET")) {
    for (const [role] of line.who.slice(0, 3)) {
      const caller = who(ours, role);
      const known = { ...ours.ids, customers: id, attachments: file.attachment };
      const path = `/api/v1/${line.path.replace("{id}", known[about(line)])}`;
      const response = await edge.fetch(path, { headers: { cookie: caller.cookie, accept: "text/html" } });
      const { status, headers } = response;
      const text = await response.text();
      if (text.includes("onerror")) seen += 1;
      const good = line.operation === "read_attachment" ? "application/octet-stream" : "application/json";
      assert.equal(headers.get("content-type"), status < 400 ? good : "application/problem+json", path);
      if (status < 400 && good.endsWith("stream")) assert.match(headers.get("content-disposition"), /^attachment; filename="a\.txt"/);
      guarded(headers, path);
    }
  }
  assert.ok(seen > 5, `the words were in ${seen} answers`);
  // Nothing that is asked comes back as a page, either.
  for (const path of [`/${encodeURIComponent(MARKUP)}`, `/desk/${encodeURIComponent(MARKUP)}.html`, `/api/v1/${encodeURIComponent(MARKUP)}`, `/operator/v1/${encodeURIComponent(MARKUP)}`, `/field/x?${MARKUP}`]) {
    const response = await edge.fetch(path);
    assert.ok(!(await response.text()).includes("onerror"), path);
    guarded(response.headers, path);
  }
});

/** What every answer tells a browser. */
function guarded(headers, path) {
  assert.equal(headers.get("x-content-type-options"), "nosniff", path);
  const policy = headers.get("content-security-policy");
  // In a file that goes out nothing runs at all.
  const file = headers.get("content-type") === "application/octet-stream";
  assert.match(policy, file ? /^default-src 'none';.* sandbox$/ : /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/, path);
  assert.ok(policy.includes("frame-ancestors 'none'") && policy.includes("base-uri 'none'") && !policy.includes("unsafe-inline"), path);
  assert.equal(headers.get("cross-origin-resource-policy"), "same-origin", path);
  // Once a browser came by TLS it comes by nothing else for a year.
  assert.equal(headers.get("strict-transport-security"), "max-age=31536000", path);
}

test("every answer of whatever kind is guarded, and none with a secret is kept", async () => {
  for (const [method, path, given] of [
    ["GET", "/", undefined], ["GET", "/desk/", undefined], ["GET", "/desk", undefined], ["GET", "/nothing.js", undefined], ["PUT", "/", undefined], ["GET", "/api/v1/health", undefined],
    ["GET", "/api/v1/openapi.json", undefined], ["GET", "/api/v2/x", undefined], ["GET", "/api/v1/session", undefined], ["POST", "/api/v1/session", {}], ["POST", "/operator/v1/books", {}],
  ]) {
    const headers = given ? { "content-type": "application/json" } : {};
    guarded((await edge.fetch(path, { method, headers, body: given && JSON.stringify(given) })).headers, `${method} ${path}`);
  }
  const entered = await edge.api("POST", "session", { token: await ours.link("desk", "officer") });
  guarded(entered.headers, "a session");
  assert.equal(entered.headers.get("cache-control"), "no-store");
});

test("no word of a request becomes a header of its answer", async () => {
  const { finance } = ours.callers;
  for (const name of ["a\r\nset-cookie: x=1.csv", "a\nb", "\u0000", "a\u0085b", "x".repeat(201), ""]) {
    refused(await upload(finance, "发票号,客户编号,开票日期,到期日,价税合计\nH-1,MINE,2026-11-03,2026-12-03,3.21\n", { name }), 422, "parameter", JSON.stringify(name));
  }
  const strange = `x"; filename="evil.html\\';charset=utf-7`;
  const staged = await upload(finance, "发票号,客户编号,开票日期,到期日,价税合计\nH-1,MINE,2026-11-03,2026-12-03,3.21\n", { name: strange });
  assert.equal(ok(staged).name, strange);
  assert.ok(![...staged.headers.values()].some((value) => value.includes("evil")));
  for (const path of ["/desk%0d%0aset-cookie:%20x=1", "/field%0d%0a", "/%0d%0aset-cookie:x=1", `${edge.url}//elsewhere.example/desk`, "/desk/%0d%0aset-cookie:x=1/", "/api/v1/customers/%0d%0aset-cookie:x=1"]) {
    const response = await edge.fetch(path);
    assert.equal(response.headers.get("set-cookie"), null, path);
    const to = response.headers.get("location");
    assert.ok(to === null || /^\/[a-z]+\/$/.test(to), `${path} → ${to}`);
  }
});

// ———— Too much, and too slowly

test("a body that is longer than any is refused by its length, by everything that takes one", async () => {
  const before = await rows(ours);
  const long = JSON.stringify({ reason: "x".repeat(300_000) });
  const json = { "content-type": "application/json" };
  for (const line of table.filter(({ method, operation }) => method === "POST" && !["stage_import", "stage_bank", "add_attachment"].includes(operation))) {
    const headers = { ...json, cookie: who(ours, line.who[0][0]).cookie, "idempotency-key": randomUUID() };
    const response = await edge.fetch(`/api/v1/${line.path.replace("{id}", ours.ids[about(line)])}`, { method: "POST", headers, body: long });
    refused({ status: response.status, body: await response.json() }, 413, "too_long", line.operation);
  }
  for (const [path, headers] of [["/api/v1/session", {}], ["/api/v1/session/password", {}], ["/api/v1/session/join", {}], ["/operator/v1/books", { authorization: `Bearer ${edge.secret}` }]]) {
    const response = await edge.fetch(path, { method: "POST", headers: { ...json, ...headers }, body: long });
    refused({ status: response.status, body: await response.json() }, 413, "too_long", path);
  }
  assert.deepEqual(await rows(ours), before);
});

test("a workbook that unpacks to more than anybody has in one is refused, however it is folded", async () => {
  const { finance } = ours.callers;
  const before = await rows(ours);
  const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const parts = (sheet, strings = "<sst/>") => ({
    "_rels/.rels": `<Relationships><Relationship Id="r" Type="${kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": '<workbook><sheets><sheet name="S" r:id="r"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r" Type="${kind}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/sharedStrings.xml": strings,
    "xl/worksheets/sheet1.xml": sheet,
  });
  const rowsOf = (count, cell) => `<worksheet><sheetData>${Array.from({ length: count }, (_, i) => `<row r="${i + 1}">${cell}</row>`).join("")}</sheetData></worksheet>`;
  const small = rowsOf(1, '<c r="A1" t="s"><v>0</v></c>');
  const whole = workbook({ S: [["客户编号", "客户名称"], ["C001", "宁波恒茂"]] });
  // What the directory says of sizes is a claim: here 300 MB are said to be ten bytes.
  const lying = zip(parts(`<worksheet>${" ".repeat(300 << 20)}</worksheet>`));
  for (let at = lying.indexOf("PK\x01\x02"); at >= 0; at = lying.indexOf("PK\x01\x02", at + 1)) lying.writeUInt32LE(10, at + 24);
  const attempts = {
    "300 MB of shared words": zip(parts(small, `<sst>${`<si><t>${"x".repeat(1_000)}</t></si>`.repeat(300_000)}</sst>`)),
    // 1 MB of words in 30,000 cells.
    "one long word in many cells": zip(parts(rowsOf(30_000, '<c t="s"><v>0</v></c>'), `<sst><si><t>${"x".repeat(1_000_000)}</t></si></sst>`)),
    "sizes that lie": lying,
    "a million columns": zip(parts(rowsOf(1, '<c r="ZZZZZ1"><v>1</v></c>'))),
    "a merged range over everything": zip(parts(`${small.replace("</worksheet>", "")}<mergeCells>${'<mergeCell ref="A1:XFD1048576"/>'.repeat(100_000)}</mergeCells></worksheet>`)),
    "5,000 parts": zip({ ...parts(small), ...Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`xl/media/${i}`, ""])) }),
    "a workbook in a workbook": zip({ ...parts(small), "xl/worksheets/sheet1.xml": whole }),
    "tags in tags": zip(parts(`<worksheet>${"<a>".repeat(200_000)}`)),
    "entities of entities": zip(parts(`<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>${rowsOf(1, '<c t="inlineStr"><is><t>&c;</t></is></c>')}`)),
    "one word of 50 MB": zip(parts(rowsOf(1, `<c t="inlineStr"><is><t>${"x".repeat(50 << 20)}</t></is></c>`))),
  };
  for (const [name, bytes] of Object.entries(attempts)) {
    for (const to of ["imports", "bank"]) {
      const { status, body } = await upload(finance, bytes, { to, name: "book.xlsx" });
      assert.ok([413, 422].includes(status), `${name}: ${status} ${JSON.stringify(body)}`);
      assert.ok(["import_file", "import_questions", "bank_file"].includes(body.code), `${name}: ${JSON.stringify(body)}`);
    }
  }
  assert.deepEqual(await rows(ours), before);
  assert.equal((await finance.get("session")).status, 200);
});

/** Sends headers and then a body byte by byte, until there is an answer. */
function trickle(path, headers) {
  return new Promise((done, failed) => {
    const sending = request(new URL(`/api/v1/${path}`, edge.url), { method: "POST", headers: { ...headers, "idempotency-key": randomUUID() } });
    const drip = setInterval(() => sending.write(" "), 20);
    sending.on("response", (response) => {
      clearInterval(drip);
      const said = [];
      response.on("data", (part) => said.push(part));
      response.on("end", () => done({ status: response.statusCode, body: JSON.parse(Buffer.concat(said).toString()) }));
      response.on("end", () => sending.destroy());
    });
    sending.on("error", (error) => (clearInterval(drip), failed(error)));
  });
}

test("bodies that trickle keep nobody waiting, and are given up on", async () => {
  const { officer, finance } = ours.callers;
  const json = { "content-type": "application/json", "content-length": "1000" };
  const file = { "content-type": "application/octet-stream" };
  const slow = () => [
    trickle("assessments", { ...json, cookie: officer.cookie }),
    trickle("session", json),
    trickle(`imports?id=${randomUUID()}&name=x.csv`, { ...file, "content-length": "100000", cookie: finance.cookie }),
    trickle(`bank?id=${randomUUID()}&name=x.csv`, { ...file, cookie: finance.cookie }),
    trickle(`imports?id=${randomUUID()}&name=x.csv`, { ...file, "content-length": String(40 << 20), cookie: finance.cookie }),
  ];
  await edge.api("POST", "testing/patience?millis=600");
  try {
    const all = Promise.all(Array.from({ length: 8 }, slow).flat());
    let given = false;
    all.finally(() => (given = true));
    await wait(100);
    // Forty of them are on their way, and everybody else is served.
    for (let i = 0; i < 5; i++) ok(await officer.get("session"));
    assert.equal(given, false, "they are on their way still");
    for (const answer of await all) refused(answer, 408, "too_slow");
  } finally {
    await edge.api("POST", "testing/patience");
  }
  ok(await officer.write("POST", "assessments", { customers: [ours.ids.customers] }));
});

test("whoever has no business here is refused before their file is read", async () => {
  const before = await rows(ours);
  for (const caller of [{ cookie: "" }, ours.callers.sales, ours.callers.customer]) {
    const headers = { "content-type": "application/octet-stream", "content-length": String(30 << 20), cookie: caller.cookie };
    const { status } = await trickle(`imports?id=${randomUUID()}&name=x.csv`, headers);
    assert.ok([401, 403].includes(status), `${status}`);
  }
  assert.deepEqual(await rows(ours), before);
});
