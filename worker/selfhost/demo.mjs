// The demo book: a freight forwarder with about 300 customers and 24 months of business. It is made once, through the API
// that everybody uses: the operator creates the book, finance imports the files of the seeded generator, the manager records
// the one that brings limits along, the officer assesses, the salespeople confirm orders. Its date stands still, so that any
// clone on any day shows the same book.

import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

/** The book's code; sign-in links name it. */
export const CODE = "demo";

/** The company and its people. */
const BOOK = {
  code: CODE,
  name: "远澜国际货运代理（宁波）有限公司",
  name_en: "Yuanlan International Freight (Ningbo) Co., Ltd.",
  currency: "CNY",
  utc_offset_minutes: 480,
  demo_today: "2026-11-20",
  people: [
    { login: "chen.jing", name: "陈静", role: "sales" },
    { login: "lin.hao", name: "林浩", role: "sales" },
    { login: "wang.yu", name: "王宇", role: "sales" },
    { login: "zhou.min", name: "周敏", role: "sales" },
    { login: "xu.lei", name: "徐磊", role: "sales" },
    { login: "officer", name: "张敏", role: "officer" },
    { login: "manager", name: "王建国", role: "manager" },
    { login: "finance", name: "李文静", role: "finance" },
    { login: "director", name: "赵启明", role: "director" },
    { login: "auditor", name: "何慎", role: "auditor" },
  ],
};

/** What is ordered. */
const SERVICES = ["海运费，宁波至汉堡，1×40HQ", "海运费，宁波至洛杉矶，2×40HQ", "空运费，上海至法兰克福", "拖车费、报关费", "仓储费、装箱费"];

/** Where each person of the demo comes in. The first of a door is the one that `make run` shows. */
const WELCOME = [
  ["field", "外勤", "chen.jing"],
  ["desk", "信用专员", "officer"],
  ["desk", "信用经理", "manager"],
  ["desk", "总经理", "director"],
  ["desk", "财务", "finance"],
  ["portal", "客户", undefined],
];

/** Makes the demo book unless it is there. `say` is told what happens. */
export async function ensureDemo(edge, say = () => {}) {
  const files = mkdtempSync(join(tmpdir(), "xinheng-demo-"));
  try {
    const operator = new Operator(edge);
    if (!(await operator.needsBook())) return;
    say("making the demo book (once; its links are printed when it is done, in about two minutes)");
    await generate(files);
    await operator.post("books", BOOK);
    const finance = await operator.enter("desk", "finance");
    const manager = await operator.enter("desk", "manager");
    await finance.write("rates", RATE);
    for (const name of ["customers.csv", "receivables.csv", "receipts.csv"]) {
      // Limits take a second person, who may grant them.
      const { summary } = await finance.import(join(files, name), name === "customers.csv" ? manager : finance);
      say(`  ${name}: ${summary.rows} rows`);
    }
    const officer = await operator.enter("desk", "officer");
    let assessed = 0;
    for (let after, more = true; more; more = after !== undefined) {
      const answer = await officer.write("assessments", { after });
      assessed += answer.assessed;
      after = answer.next;
    }
    say(`  ${assessed} customers assessed`);
    say(`  ${await confirmOrders(operator)} orders put to the book`);
    say(`  ${await fillFiles(operator, officer)} files filled in`);
  } finally {
    rmSync(files, { recursive: true, force: true });
  }
}

/** A link for each door, fresh at every start: who it is for, and the address. */
export async function demoLinks(edge) {
  const operator = new Operator(edge);
  const links = [];
  for (const [door, name, login] of WELCOME) {
    const token = await operator.link(door, login ?? PORTAL_CUSTOMER);
    links.push({ door, name, url: `${edge.url}/${door}/#t=${token}` });
  }
  return links;
}

/** The customer whose portal the welcome opens. */
const PORTAL_CUSTOMER = "C0001";

/** 美元兑人民币, as the demo's day has it. */
const RATE = { date: "2026-11-20", from: "USD", to: "CNY", rate: "7.0875", source: "演示汇率" };

/** The generator's files, the same on every machine. It is compiled first, which takes a while: not waited for by standing
 * still, or a connection that the edge closes meanwhile would be taken for an open one afterwards. */
function generate(folder) {
  return promisify(execFile)("cargo", ["run", "--quiet", "--locked", "-p", "shared", "--example", "demo", "--", folder]);
}

/** Every salesperson puts an order to the book for every third of their customers; what passes uses credit. */
async function confirmOrders(operator) {
  let count = 0;
  for (const { login } of BOOK.people.filter(({ role }) => role === "sales")) {
    const person = await operator.enter("field", login);
    const { customers } = await person.get("sync?since=0");
    const own = customers.sort((a, b) => (a.customer.code < b.customer.code ? -1 : 1)).filter((_, place) => place % 3 === 0);
    for (const { customer, standing } of own) {
      const seed = createHash("sha256").update(`order ${customer.code}`).digest();
      const amount = { amount: `${20 + (seed.readUInt16BE(0) % 600)}00.00`, currency: standing.currency };
      const terms = standing.terms ?? { kind: "net", days: 30 };
      const [id, decision] = [uuidOf(`order ${customer.code}`), uuidOf(`decision ${customer.code}`)];
      const description = SERVICES[seed[2] % SERVICES.length];
      await person.write("orders", { order: { id, customer: customer.id, amount, terms, description }, decision });
      count += 1;
    }
  }
  return count;
}

/** The officer fills in the files of every 25th customer who pays in time, and their salesperson was there last week. */
async function fillFiles(operator, officer) {
  const { customers } = await officer.get("sync?since=0");
  const late = ({ due, disputed }) => due < BOOK.demo_today && !disputed;
  const sound = customers.filter(({ customer, standing }) => customer.salesperson && !standing.open.some(late));
  const chosen = sound.sort((a, b) => (a.customer.code < b.customer.code ? -1 : 1)).filter((_, place) => place % 25 === 0);
  for (const { customer, standing } of chosen) {
    for (const piece of fileOf(customer, standing.currency)) {
      const id = uuidOf(`${JSON.stringify(piece)} ${customer.code}`, "7");
      await officer.write(`customers/${customer.id}/pieces`, { id, piece });
    }
  }
  return chosen.length;
}

/** What a whole file holds. */
function fileOf(customer, currency) {
  const piece = (kind, what) => ({ kind, what });
  const seed = createHash("sha256").update(`file ${customer.code}`).digest();
  const money = (share) => ({ amount: `${Math.round((20 + (seed[0] % 60)) * share) * 100_000}.00`, currency });
  const checks = ["dishonest_debtor", "consumption_restricted", "enforcement_debtor", "abnormal_operation", "licence_revoked", "bankruptcy", "sanctions"];
  const lines = { current_assets: money(7), total_assets: money(10), current_liabilities: money(4), total_liabilities: money(6), total_equity: money(4) };
  return [
    piece("registration", { legal_representative: "陈海", business_scope: "国际货运代理，进出口贸易", products: ["纺织品"], sales_channels: ["跨境电商"] }),
    piece("address", { purpose: "registered", text: "浙江省宁波市北仑区港城路 18 号" }),
    piece("contact", { name: "王芳", position: "财务", phone: "0574-0000 0000" }),
    piece("licence", { kind: "business_licence", number: customer.credit_code ?? customer.code, from: "2015-03-01" }),
    piece("agreement", { number: `YL-${customer.code}`, signed: "2026-01-10", from: "2026-01-15", until: "2027-12-31", withholding: true, jurisdiction: "宁波海事法院" }),
    piece("statement", { end: "2025-12-31", months: 12, scope: "company", source: "customer", audit: "unaudited", currency, lines }),
    ...checks.map((kind) => piece("screening", { kind, date: "2026-11-10", source: "国家企业信用信息公示系统、中国执行信息公开网" })),
    piece("reference", { kind: "trade", from: "宁波同行", date: "2026-06-30", text: "付款准时" }),
    piece("reference", { kind: "bank", from: "中国银行宁波市分行", date: "2026-06-30", text: "授信正常，无逾期" }),
    piece("activity", { kind: "visit", date: "2026-11-13", by: customer.salesperson, text: "上门拜访，谈明年出运计划", next: "2026-12-15" }),
  ];
}

/** Whoever runs the deployment. */
class Operator {
  constructor(edge) {
    this.edge = edge;
  }

  async post(path, body) {
    const headers = { "content-type": "application/json", authorization: `Bearer ${this.edge.secret}` };
    const response = await fetch(`${this.edge.url}/operator/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, body: await answered(response, [404]) };
  }

  /** Whether there is no demo book yet: a link into it is refused. */
  async needsBook() {
    return (await this.post(`books/${CODE}/links`, { door: "desk", login: "finance" })).status === 404;
  }

  async link(door, login) {
    return (await this.post(`books/${CODE}/links`, { door, login })).body.token;
  }

  /** Signs a person in. */
  async enter(door, login) {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ token: await this.link(door, login) });
    const response = await fetch(`${this.edge.url}/api/v1/session`, { method: "POST", headers, body });
    await answered(response);
    return new Person(this.edge.url, response.headers.get("set-cookie").split(";")[0]);
  }
}

/** Someone who is signed in. */
class Person {
  constructor(url, cookie) {
    this.url = url;
    this.cookie = cookie;
  }

  async get(path) {
    return answered(await fetch(`${this.url}/api/v1/${path}`, { headers: { cookie: this.cookie } }));
  }

  async write(path, body, type = "application/json") {
    const headers = { "content-type": type, cookie: this.cookie, "idempotency-key": randomUUID() };
    const sent = Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return answered(await fetch(`${this.url}/api/v1/${path}`, { method: "POST", headers, body: sent }));
  }

  /** Reads a file into the stage; somebody records it. */
  async import(file, second) {
    const bytes = readFileSync(file);
    const id = uuidOf(bytes);
    const preview = await this.write(`imports?id=${id}&name=${basename(file)}`, bytes, "application/octet-stream");
    if (preview.problems.errors > 0) throw new Error(`${file}: ${JSON.stringify(preview.problems)}`);
    return second.write(`imports/${id}/commit`, {});
  }
}

/** An id that follows from what it names, so that the demo has the same ones everywhere. */
function uuidOf(bytes, version = "8") {
  const hex = createHash("sha256").update(bytes).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The body of an answer; one that is neither good nor expected is an error with its words. */
async function answered(response, expected = []) {
  const text = await response.text();
  if (response.ok || expected.includes(response.status)) return text ? JSON.parse(text) : undefined;
  throw new Error(`${response.url}: ${response.status} ${text}`);
}
