// The order check over HTTP on plain workerd, with one client and with sixteen, beside the health endpoint, which goes the
// same way and judges nothing.

import http from "node:http";
import { count, quantile, ratio, table, time } from "./table.mjs";

const REQUESTS = 3_000;
const WARM_UP = 300;

/** Measures and prints; `documents` is how many the book holds. */
export async function orderChecks(book, [, documents]) {
  const { edge } = book;
  const caller = await book.signIn("officer");
  const customers = (await caller.get("sync")).body.customers.map(({ customer }) => customer.id);
  const check = (number) => ({
    method: "POST",
    path: "/api/v1/checks",
    headers: { "content-type": "application/json", cookie: caller.cookie },
    body: JSON.stringify({
      order: {
        id: crypto.randomUUID(),
        customer: customers[number % customers.length],
        amount: { amount: `${1_000 + (number % 90_000)}.00`, currency: "CNY" },
        terms: { kind: "net", days: 30 },
      },
    }),
  });
  const health = () => ({ method: "GET", path: "/api/v1/health", headers: {} });

  const rows = [];
  for (const clients of [1, 16]) {
    const baseline = await load(edge.url, clients, health);
    const checks = await load(edge.url, clients, check);
    for (const [name, seen, over] of [["health", baseline], ["order check", checks, baseline]]) {
      const [p50, p99] = [quantile(seen.micros, 0.5), quantile(seen.micros, 0.99)];
      const ratios = over ? [ratio(p50, quantile(over.micros, 0.5)), ratio(p99, quantile(over.micros, 0.99))] : [undefined, undefined];
      rows.push([`${name}, ${clients} client${clients > 1 ? "s" : ""}`, time(p50), time(p99), count(Math.round(seen.perSecond)), ...ratios]);
    }
  }
  const columns = [`${count(customers.length)} customers, ${count(documents)} documents`, "p50", "p99", "a second", "p50/health", "p99/health"];
  table(`Order check over HTTP on plain workerd, ${count(REQUESTS)} requests each`, columns, rows);
}

/** Sends a bounded number of requests from so many keep-alive clients; every answer must be a 200. */
async function load(url, clients, make) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const micros = [];
  let next = 0;
  const client = async (until) => {
    while (next < until) {
      const number = next++;
      const start = performance.now();
      await send(url, agent, make(number));
      micros.push((performance.now() - start) * 1000);
    }
  };
  const all = (until) => Promise.all(Array.from({ length: clients }, () => client(until)));
  await all(WARM_UP);
  micros.length = 0;
  const start = performance.now();
  await all(WARM_UP + REQUESTS);
  const perSecond = micros.length / ((performance.now() - start) / 1000);
  agent.destroy();
  return { micros, perSecond };
}

function send(url, agent, { method, path, headers, body }) {
  return new Promise((done, failed) => {
    const sized = body === undefined ? headers : { ...headers, "content-length": Buffer.byteLength(body) };
    const request = http.request(new URL(path, url), { agent, method, headers: sized }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part)).on("error", failed);
      response.on("end", () => (response.statusCode === 200 ? done(text) : failed(new Error(`${response.statusCode} ${text}`))));
    });
    request.on("error", failed).end(body);
  });
}
