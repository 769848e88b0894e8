// A book for a test: made by the operator's API, with people to be, and signed-in callers that send what a page would send.

import { randomBytes, randomUUID } from "node:crypto";

/** Everyone that a company can employ, by sign-in name. Two salespeople, because what one sees the other must not. */
export const PEOPLE = [
  { login: "sales", name: "林小雨", role: "sales" },
  { login: "sales2", name: "周大勇", role: "sales" },
  { login: "ops", name: "吴操作", role: "ops" },
  { login: "lead", name: "郑主管", role: "sales_lead" },
  { login: "officer", name: "陈信", role: "officer" },
  { login: "collector", name: "钱催收", role: "collector" },
  { login: "manager", name: "王经理", role: "manager" },
  { login: "finance", name: "李财务", role: "finance" },
  { login: "legal", name: "孙法务", role: "legal" },
  { login: "director", name: "赵总", role: "director" },
  { login: "auditor", name: "何审计", role: "auditor" },
  { login: "admin", name: "马管理", role: "admin" },
];

/** A new id as a page makes it: a UUID v7. */
export function newId() {
  const hex = Date.now().toString(16).padStart(12, "0") + "7" + randomBytes(10).toString("hex").slice(1);
  const variant = (8 + (parseInt(hex[16], 16) & 3)).toString(16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), variant + hex.slice(17, 20), hex.slice(20, 32)].join("-");
}

export const yuan = (amount) => ({ amount: Number(amount).toFixed(2), currency: "CNY" });

/** A book and the ways into it. */
export class Book {
  constructor(edge, code) {
    this.edge = edge;
    this.code = code;
  }

  /** Makes one, at Shanghai's time unless it is told otherwise. */
  static async create(edge, code, options = {}) {
    const body = { code, name: `${code} 货代有限公司`, currency: "CNY", utc_offset_minutes: 480, people: PEOPLE, ...options };
    const made = await operator(edge, "books", body);
    if (made.status !== 201) throw new Error(`no book: ${JSON.stringify(made)}`);
    const book = new Book(edge, code);
    book.people = Object.fromEntries((await book.testing("people")).body.map(([id, login]) => [login, id]));
    return book;
  }

  /** Switches on every rule that a new company begins with on trial, but those that the default policy tries, too. */
  async enforce() {
    const [officer, manager] = [await this.signIn("officer"), await this.signIn("manager")];
    const { policy } = (await officer.get("policies")).body.versions[0];
    policy.order_rules.trial = ["agreement", "licence", "screening", "file", "review"];
    const { status, body } = await officer.write("POST", "policies", { policy });
    const approved = status < 300 && (await manager.write("POST", `policies/${body.version}/approval`));
    if (!approved || approved.status >= 300) throw new Error(JSON.stringify([body, approved?.body]));
  }

  /** One of the book's calls for tests. */
  testing(call, body) {
    return this.edge.api("POST", `testing/books/${this.code}/${call}`, body);
  }

  /** A link for a person or, at the portal, for a customer's code. */
  async link(door, login) {
    const { status, body } = await operator(this.edge, `books/${this.code}/links`, { door, login });
    if (status !== 201) throw new Error(`no link for ${login}: ${JSON.stringify(body)}`);
    return body.token;
  }

  /** Signs someone in. */
  async signIn(login, door = login.startsWith("sales") ? "field" : "desk") {
    return Caller.enter(this.edge, await this.link(door, login));
  }

  /** Puts customers in, as an import would. Missing parts of a file are filled in. */
  async customers(...files) {
    const given = files.map((file) => ({ id: randomUUID(), stage: "active", currency: "CNY", name: file.code, ...file }));
    const { status, body } = await this.testing("customers", given);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return given;
  }

  /** Puts facts in, as an import would: each `{ customer, date, fact }`. */
  async facts(...facts) {
    const { status, body } = await this.testing("facts", facts.map((fact) => ({ id: randomUUID(), ...fact })));
    if (status !== 200) throw Object.assign(new Error(JSON.stringify(body)), { status, body });
    return body;
  }
}

/** Someone who is signed in. */
export class Caller {
  /** Spends a link. */
  static async enter(edge, token) {
    const answer = await edge.api("POST", "session", { token });
    if (answer.status !== 200) throw Object.assign(new Error(JSON.stringify(answer.body)), answer);
    const caller = new Caller();
    caller.edge = edge;
    caller.session = answer.body;
    caller.cookie = answer.headers.get("set-cookie").split(";")[0];
    return caller;
  }

  /** Reads or asks. */
  ask(method, path, body, headers = {}) {
    return this.edge.api(method, path, body, { cookie: this.cookie, ...headers });
  }

  get(path, headers) {
    return this.ask("GET", path, undefined, headers);
  }

  /** Writes, with a key of its own unless one is given. */
  write(method, path, body, key = randomUUID(), headers = {}) {
    return this.ask(method, path, body, { "idempotency-key": key, ...headers });
  }

  /** Changes the version that was read. */
  change(path, version, body, key = randomUUID()) {
    return this.write("POST", path, body, key, { "if-match": `"${version}"` });
  }
}

/** A call with the deployment's secret. */
export async function operator(edge, path, body, secret = edge.secret) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` };
  const response = await edge.fetch(`/operator/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

/** A document that is owed. */
export const charged = (customer, number, date, due, amount, more = {}) => ({
  customer,
  date,
  fact: { kind: "charged", id: randomUUID(), document: "invoice", number, due, amount: yuan(amount), ...more },
});

/** A limit, terms and a grade, so that orders can pass. */
export const granted = (customer, date, amount, days = 30) => [
  { customer, date, fact: { kind: "limit_granted", limit: { kind: "amount", amount: yuan(amount) } } },
  { customer, date, fact: { kind: "terms_granted", terms: { kind: "net", days } } },
  { customer, date, fact: { kind: "graded", grade: "A", score: "80", confidence: "1", decision: randomUUID() } },
];
