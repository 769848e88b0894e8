// A book of any size for the benchmarks: seeded files, brought in through the product's own import, on the release build.

import { randomUUID } from "node:crypto";
import { Caller, PEOPLE, operator } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";
import { seeded } from "../tools/proof.mjs";

const TODAY = "2026-11-20";
/** Rows in one file of receivables, unless somebody says otherwise. */
const ROWS_EACH = 25_000;

/** An edge with the release build and one book of so many customers and documents. */
export class BenchBook {
  static async start(customers, documents) {
    const book = new BenchBook();
    book.edge = await Edge.start({ build: "worker/build", files: "dist/release", checked: false });
    const begun = performance.now();
    const made = { code: "bench", name: "基准货代有限公司", currency: "CNY", utc_offset_minutes: 480, demo_today: TODAY, people: PEOPLE };
    answered(await operator(book.edge, "books", made));
    const finance = await book.signIn("finance");
    const manager = await book.signIn("manager");
    const [first, ...rest] = files(customers, documents);
    // Limits take a second person, who may grant them.
    await bring(finance, first, { second: manager });
    for (const text of rest) await bring(finance, text);
    book.importMillis = performance.now() - begun;
    const officer = await book.signIn("officer");
    for (let after, more = true; more; more = after !== undefined) {
      after = answered(await officer.write("POST", "assessments", { after })).next;
    }
    return book;
  }

  /** A sign-in link's token. */
  async link(door, login) {
    return answered(await operator(this.edge, "books/bench/links", { door, login })).token;
  }

  async signIn(login, door = "desk") {
    return Caller.enter(this.edge, await this.link(door, login));
  }

  stop() {
    return this.edge.stop();
  }
}

/** Stages a file and, unless told otherwise, records it, or lets a second person do so; `phase` goes around each of the two. */
export async function bring(finance, text, { phase = (_, act) => act(), record = true, second = finance } = {}) {
  const query = new URLSearchParams({ id: randomUUID(), name: "bench.csv" });
  const headers = { "content-type": "application/octet-stream", "idempotency-key": randomUUID(), cookie: finance.cookie };
  const staged = await phase("staging", async () => {
    const response = await finance.edge.fetch(`/api/v1/imports?${query}`, { method: "POST", headers, body: text });
    return answered({ status: response.status, body: await response.json() });
  });
  if (record) await phase("recording", async () => answered(await second.write("POST", `imports/${staged.import}/commit`)));
}

function answered({ status, body }) {
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body).slice(0, 2000)}`);
  return body;
}

/** A file of customers, then files of what they owe: 24 months of invoices, most of them paid. */
export function* files(customers, documents, each = ROWS_EACH) {
  const random = seeded(7);
  const below = (bound) => Math.floor(random() * bound);
  const day = (back) => new Date(Date.parse(TODAY) - back * 86_400_000).toISOString().slice(0, 10);
  const code = (number) => `K${String(number).padStart(6, "0")}`;
  const rows = ["客户编号,客户名称,业务员,账期,信用额度"];
  for (let i = 0; i < customers; i++) rows.push(`${code(i)},基准客户${i}号有限公司,${i < 60 ? "sales" : "sales2"},月结30天,${100_000 * (1 + below(40))}`);
  yield `${rows.join("\n")}\n`;
  for (let from = 0; from < documents; from += each) {
    const rows = ["客户编号,发票号,开票日期,到期日,价税合计,核销日期"];
    for (let i = from; i < Math.min(documents, from + each); i++) {
      const age = below(720);
      const due = age - 45;
      const paid = due > 0 && random() < 0.97 ? day(Math.max(0, due - below(20))) : "";
      rows.push(`${code(below(customers))},INV-${i},${day(age)},${day(due)},${(below(3_000_000) / 100 + 10).toFixed(2)},${paid}`);
    }
    yield `${rows.join("\n")}\n`;
  }
}
