// Requests by chance to every operation of the document, as everybody: such as fit it, such as fit it nearly, such as no
// program would send. Whatever is asked, the edge answers in time, never breaks, and says only what the document tells of.

import assert from "node:assert/strict";
import { Book, PEOPLE, charged, granted, yuan } from "./book.mjs";
import { Contract } from "./contract.mjs";
import { Maker } from "./made.mjs";

const TODAY = "2026-11-20";
/** Longer than this an answer never takes: a hash of a password waits for others, a file is read whole. */
const PATIENCE_MILLIS = 20_000;
/** What decides over the people that ask, which would end the run early; their own tests try it. */
const NOT_ON_ONES_OWN = ["change_person", "renew_link"];

/** How many versions of the policy are tried that could be kept. */
const DRAFTS_MOST = 40;

/** Asks until the time is over or so many were asked; what was asked, how it was answered, and what was seen to work. */
export async function fuzz(edge, { seconds = Infinity, requests = Infinity }, { seed = 1, lanes = 4 } = {}) {
  const served = await edge.fetch("/api/v1/openapi.json");
  const contract = new Contract(await served.json());
  const book = await filled(edge, `fuzz-${seed}`);
  const seen = { requests: 0, answers: {}, operations: new Map(contract.operations.map(({ operationId }) => [operationId, { tried: 0, done: 0 }])) };
  const end = performance.now() + seconds * 1_000;
  const over = () => performance.now() >= end || seen.requests >= requests;
  await Promise.all(Array.from({ length: lanes }, (_, lane) => new Lane(edge, contract, book, seed * 1_000 + lane, seen).run(over)));
  const idle = await edge.fetch("/api/v1/health", { signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  assert.equal(idle.status, 200);
  const operations = [...seen.operations];
  const done = operations.filter(([, { done }]) => done > 0).length;
  const untried = operations.filter(([, { tried }]) => tried === 0).map(([name]) => name);
  return { requests: seen.requests, answers: seen.answers, operations: operations.length, done, untried };
}

/** A book with something of everything, and everybody's way in. */
async function filled(edge, code) {
  const book = await Book.create(edge, code, { demo_today: TODAY });
  const files = await book.customers(
    { code: "MINE", name: "海川", salesperson: book.people.sales },
    { code: "OTHERS", name: "云岭", salesperson: book.people.sales2, currency: "USD" },
  );
  const documents = files.map(({ id, code }) => charged(id, `${code}-1`, "2026-10-05", "2026-11-04", 1_000));
  await book.facts(...documents, ...files.flatMap(({ id }) => granted(id, "2026-01-01", 100_000)));
  book.known = [...files.map(({ id }) => id), ...documents.map(({ fact }) => fact.id), book.people.ops];
  const officer = await book.signIn("officer");
  book.policy = (await officer.get("policies")).body.versions[0].policy;
  // What is told of sheets and pieces, with the versions that stand, and of steps that were asked for.
  Object.assign(book, { sheets: new Map(), pieces: new Map(), orders: new Map(), applications: new Map(), steps: [], receipts: [], items: [documents[0].fact.id], write_offs: [], attachments: [] });
  for (const { id } of files) learn(book, "read_file", { body: (await officer.get(`customers/${id}/file`)).body });
  return book;
}

/** Remembers of an answer what a later change has to name: who has which version, and what waits for a decision. */
function learn({ sheets, pieces, orders, applications, steps, receipts, write_offs, attachments }, name, { id, sent, body }) {
  const keep = (known, id, it) => {
    if ((known.get(id)?.version ?? 0) <= it.version) known.set(id, it);
  };
  if (name === "make_customer" || name === "change_customer") keep(sheets, sent.customer.id, { customer: sent.customer, version: body.version });
  else if (name === "add_piece") keep(pieces, sent.id, { piece: sent.piece, version: body.version });
  else if (name === "correct_piece") keep(pieces, id, { piece: sent.piece, version: body.version });
  else if (name === "withdraw_piece" || name === "erase_piece") keep(pieces, id, { ...pieces.get(id), version: body.version });
  else if (name === "ask_step") steps.push(sent.id);
  else if (name === "confirm_order") keep(orders, sent.order.id, { version: 1 });
  else if (name === "apply") keep(applications, sent.application, { version: 1 });
  else if (name === "revise_application") keep(applications, id, { version: (applications.get(id)?.version ?? 1) + 1 });
  else if (name === "record_receipt") receipts.push(sent.receipt);
  else if (name === "ask_write_off") write_offs.push(sent.id);
  else if (name === "add_attachment") attachments.push(body.attachment);
  else if (name === "read_file") {
    keep(sheets, body.customer.id, { customer: body.customer, version: body.version });
    for (const { id, piece, version } of body.pieces) keep(pieces, id, { piece, version });
  }
}

/** Operations about a sheet, a piece and a step. */
const ABOUT = {
  sheets: ["read_customer", "change_customer", "read_file", "add_piece", "ask_step", "read_report", "read_statement", "read_attachments", "add_attachment"],
  pieces: ["read_piece", "correct_piece", "withdraw_piece", "erase_piece"],
  orders: ["read_order", "move_order", "hold_order", "change_order"],
  applications: ["read_application", "revise_application", "answer_application"],
  steps: ["decide_step"],
  receipts: ["record_return"],
  items: ["ask_write_off", "record_recovery"],
  write_offs: ["decide_write_off"],
  attachments: ["read_attachment", "remove_attachment"],
};

/** Something that is there for an operation to be about, with what is known of it. */
function target(name, book, maker) {
  const kind = Object.keys(ABOUT).find((kind) => ABOUT[kind].includes(name));
  const [id, known] = (kind && maker.pick(Array.isArray(book[kind]) ? book[kind].map((id) => [id, {}]) : [...book[kind]])) ?? [];
  return id && { id, ...known };
}

/** Pieces that a file would take. */
const pieces = (customer, { known: [, other, item], people }) => [
  { kind: "contact", what: { name: "王芳", phone: "0574-8888" } },
  { kind: "alias", what: { name: "海川" } },
  { kind: "activity", what: { kind: "call", date: TODAY, by: people.sales, text: "询问付款" } },
  { kind: "agreement", what: { number: "YL-1", from: "2026-01-01", withholding: true } },
  { kind: "dispute", what: { item, date: TODAY, reason: "价格" } },
  { kind: "relation", what: { customer, date: TODAY, link: { kind: "branch", of: other }, source: "公示系统" } },
  { kind: "group_limit", what: { from: "2026-01-01", limit: { kind: "amount", amount: yuan(1_000_000) } } },
  { kind: "screening", what: { kind: "sanctions", date: TODAY, source: "OFAC" } },
];

/** Requests that the edge would take, for those operations that chance would hardly ever hit. */
function sound(name, book, maker, about = {}) {
  const customer = book.known[0];
  const prospect = { id: maker.uuid(7), code: `P-${maker.uuid().slice(0, 6)}`, name: "新客户", stage: "prospect", currency: "CNY" };
  const stage = maker.pick(["admitted", "active", "suspended", "ended"]);
  const order = { id: maker.uuid(), customer, amount: yuan(1 + Math.floor(maker.random() * 200)), terms: { kind: "prepaid" } };
  return {
    check_order: { order },
    confirm_order: { order, decision: maker.uuid() },
    record_receipt: { receipt: maker.uuid(), customer, date: TODAY, amount: yuan(5), apply: maker.is(0.3) ? [[book.known[2], yuan(1)]] : [] },
    record_return: { date: TODAY, amount: yuan(1), reason: "退汇" },
    record_recovery: { receipt: maker.pick(book.receipts) ?? maker.uuid(), date: TODAY, amount: yuan(1) },
    ask_write_off: { id: maker.uuid(7), amount: yuan(1), reason: "尾差" },
    decide_write_off: { agrees: maker.is(0.7), reason: "同意" },
    record_rates: { date: TODAY, from: "USD", to: "CNY", rate: "7.1", source: "PBOC" },
    freeze: { frozen: maker.is(0.3), reason: "复核" },
    draft_policy: { policy: book.policy },
    make_token: { name: "ERP", role: "officer", operations: ["check_order"], days: 30 },
    invite_person: { name: "新人", role: "sales" },
    make_customer: { customer: prospect },
    change_customer: { customer: { ...(about.customer ?? prospect), name: maker.pick(["海川", "新客户二"]) } },
    add_piece: { id: maker.uuid(7), piece: maker.pick(pieces(about.id ?? customer, book)) },
    correct_piece: { piece: about.piece ?? maker.pick(pieces(customer, book)) },
    withdraw_piece: { reason: "作废" },
    erase_piece: { reason: "本人要求" },
    ask_step: { id: maker.uuid(7), to: stage, reason: "停航" },
    move_order: { at: "documents", decision: maker.uuid() },
    hold_order: { held: maker.is(0.5), reason: "等法务意见" },
    apply: { application: maker.uuid(), customer, asked: { limit: { kind: "amount", amount: yuan(100_001) }, reason: "备货" } },
    revise_application: { asked: { limit: { kind: "amount", amount: yuan(100_002) }, reason: "多备货" } },
    answer_application: { answer: "refuse", reason: "账已太多" },
    decide_step: { approve: maker.is(0.7), reason: "同意" },
    join: { token: "fuzz.x", name: "新人", login: "new@fuzz.cn", password: "nobody guesses this" },
    sign_in: { company: book.code, door: "desk", login: "officer", password: "nobody guesses this" },
  }[name];
}

const CSV = [
  "发票号,客户编号,开票日期,到期日,价税合计\nI-1,MINE,2026-11-03,2026-12-03,3.21\nI-2,OTHERS,2026-11-04,2026-12-04,-9.00\n",
  "客户编号,客户名称,统一社会信用代码,币种\nN-1,新客户,91330100799655058B,CNY\n",
  "收款日期,客户编号,金额,发票号\n2026-11-05,MINE,1.00,MINE-1\n",
];

/** One that asks after another. */
class Lane {
  constructor(edge, contract, book, seed, seen) {
    Object.assign(this, { edge, contract, book, seed, seen, callers: new Map() });
    this.maker = new Maker(seed, (value) => contract.resolve(value), [...book.known]);
  }

  async run(over) {
    for (let turn = 0; !over(); turn++) {
      const operation = turn < 2 * this.contract.operations.length ? this.contract.operations[turn % this.contract.operations.length] : this.maker.pick(this.contract.operations);
      const request = await this.request(operation);
      if (!request) continue;
      try {
        await this.send(operation, request);
      } catch (error) {
        const { path, options } = request;
        const said = `seed ${this.seed}, turn ${turn}: ${options.method} ${path}\n${JSON.stringify(options.headers)}\n${String(options.body).slice(0, 2_000)}`;
        throw new Error(`${said}\n${error.message}`, { cause: error });
      }
    }
  }

  async send(operation, { path, options, id }) {
    const response = await this.edge.fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE_MILLIS) });
    const { status } = response;
    const text = await response.text();
    this.seen.requests += 1;
    this.seen.answers[status] = (this.seen.answers[status] ?? 0) + 1;
    const counted = this.seen.operations.get(operation.operationId);
    counted.tried += 1;
    assert.ok(status < 500, `${status} ${text.slice(0, 500)}`);
    const json = /json/.test(response.headers.get("content-type"));
    const body = text && json ? JSON.parse(text) : undefined;
    // A path with ".." in it is another one by the time that it is sent.
    const { pathname, search } = new URL(path, this.edge.url);
    this.contract.check({ method: options.method, path: pathname + search, status, type: response.headers.get("content-type") ?? undefined, body });
    if (status >= 400) return;
    counted.done += 1;
    const sent = options.headers["content-type"]?.startsWith("application/json") && options.body ? JSON.parse(options.body) : undefined;
    learn(this.book, operation.operationId, { id, sent, body });
    // What an answer names can be asked about next.
    for (const [id] of text.matchAll(/"(?:id|decision|import|session|link|attachment|message)":"[^"]{8,80}"/g)) this.maker.known.push(id.split('"')[3]);
    if (this.maker.known.length > 300) this.maker.known.splice(this.book.known.length, 150);
  }

  /** Who is signed in by that name, again if something ended it. */
  async caller(login) {
    const known = this.callers.get(login);
    if (known && (await known.get("session")).status === 200) return known;
    for (let tries = 1; ; tries++) {
      try {
        const caller = login === "customer" ? await this.book.signIn("MINE", "portal") : await this.book.signIn(login);
        this.callers.set(login, caller);
        return caller;
      } catch (error) {
        // Another lane ended all links and sessions before this one was spent.
        if (error.status !== 401 || tries === 5) throw error;
      }
    }
  }

  async request(operation) {
    const { maker } = this;
    const { operationId: name, method } = operation;
    const spoilt = maker.is(0.4);
    const headers = {};
    const entries = Object.keys(operation["x-who"] ?? {});
    const roles = maker.is(0.85) && entries.length > 0 ? entries : [...PEOPLE.map(({ role }) => role), "customer"];
    const role = maker.pick(roles);
    const login = role === "customer" ? "customer" : PEOPLE.find((person) => person.role === role).login;
    if (name === "create_book" || name === "make_link") headers.authorization = `Bearer ${maker.is(0.9) ? this.edge.secret : "x"}`;
    else if (maker.is(0.97)) headers.cookie = (await this.caller(login)).cookie;
    else headers.authorization = maker.pick(["Bearer x", "Bearer ", "Basic eDp4", `Bearer ${this.book.code}.${"0".repeat(64)}`]);
    if (maker.is(0.02)) headers.authorization = "Bearer both";
    if (maker.is(0.02)) headers["sec-fetch-site"] = "cross-site";
    let path = operation.path;
    let asked;
    const about = maker.is(0.7) ? target(name, this.book, maker) : undefined;
    const query = new URLSearchParams();
    for (const given of operation.parameters ?? []) {
      const parameter = this.contract.resolve(given);
      const odd = spoilt && maker.is(0.3);
      if (parameter.in === "path") {
        const id = parameter.name === "code" ? this.book.code : about ? about.id : maker.is(0.1) ? String(maker.number({ minimum: 0 })) : maker.id();
        const plain = odd ? maker.pick(["x", "0", "-1", "%00", "%2e%2e", encodeURIComponent("漢字"), "a".repeat(3_000), "18446744073709551616"]) : id;
        if (NOT_ON_ONES_OWN.includes(name) && Object.values(this.book.people).includes(plain)) return undefined;
        path = path.replace(`{${parameter.name}}`, plain);
        asked = plain;
      } else if (parameter.in === "query" && (parameter.required || maker.is(0.5)) && !(odd && maker.is(0.3))) {
        const file = name === "add_attachment" && parameter.name === "name" && maker.is(0.8);
        const value = file ? "a.csv" : odd ? maker.pick(["", "x", "-1", "\u0000", "9".repeat(40), "2026-13-45"]) : maker.make(parameter.schema);
        query.set(parameter.name, typeof value === "string" ? value : JSON.stringify(value));
      } else if (parameter.name === "Idempotency-Key" && !(odd && maker.is(0.5))) {
        headers[parameter.name] = odd ? maker.pick(["x", "", "0".repeat(40)]) : maker.uuid();
      } else if (parameter.name === "If-Match" && !(odd && maker.is(0.5))) {
        headers[parameter.name] = odd ? maker.pick(["x", "", "*", "W/\"1\"", `"${"9".repeat(40)}"`]) : `"${about?.version ?? 1}"`;
      } else if (parameter.name === "If-None-Match" && maker.is(0.3)) {
        headers[parameter.name] = maker.pick(["*", "W/\"x\"", "x,".repeat(100)]);
      }
    }
    const options = { method, headers };
    const content = operation.requestBody?.content;
    if (content?.["application/json"]) {
      const fitting = maker.is(0.5) ? sound(name, this.book, maker, about) : undefined;
      let body = fitting ?? maker.make(content["application/json"].schema);
      // A new company at every turn would only fill the disk.
      if (name === "create_book" && typeof body === "object") body = { ...body, code: this.book.code };
      if (spoilt) body = maker.break(body);
      options.body = JSON.stringify(body);
      if (spoilt && maker.is(0.1)) options.body = options.body.slice(0, Math.floor(maker.random() * options.body.length));
      headers["content-type"] = spoilt && maker.is(0.05) ? maker.pick(["text/plain", "", "application/json; charset=gbk", "x"]) : "application/json";
      // A policy is long, and up to fifty versions are read at once: thousands of them would be all that is tried.
      if (name === "draft_policy" && (this.book.drafts = (this.book.drafts ?? 0) + 1) > DRAFTS_MOST && !spoilt) return undefined;
    } else if (content) {
      options.body = this.file(spoilt);
      headers["content-type"] = spoilt && maker.is(0.1) ? "text/csv" : "application/octet-stream";
    } else if (method !== "GET" && spoilt && maker.is(0.3)) {
      options.body = JSON.stringify(maker.pick([{}, [], { other: 1 }]));
      headers["content-type"] = "application/json";
    }
    if (headers["content-type"] === "") delete headers["content-type"];
    return { path: query.size > 0 ? `${path}?${query}` : path, options, id: asked };
  }

  /** A file that could be read, or nearly. */
  file(spoilt) {
    const { maker } = this;
    const bytes = Buffer.from(maker.pick(CSV).replaceAll("I-", `I-${maker.uuid().slice(0, 4)}-`));
    if (!spoilt) return bytes;
    for (let faults = 1 + Math.floor(maker.random() * 4); faults > 0; faults--) {
      const at = Math.floor(maker.random() * bytes.length);
      bytes[at] = maker.pick([0, 10, 34, 44, 48, 57, 128, 255, bytes[at] ^ 1]);
    }
    return maker.is(0.2) ? bytes.subarray(0, Math.floor(maker.random() * bytes.length)) : bytes;
  }
}
