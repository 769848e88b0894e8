// Brings a real file of receivables in through the API and counts again what the book then says, apart from it and in
// whole cents: the journal's columns and every customer's statement at some dates, against the file itself. By hand only:
//
//   RECEIVABLES=late-payments.csv ORDER=day_first DATES=2012-12-31,2013-06-30 node tests/tools/receivables.mjs
//
// The file has the columns customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount and SettledDate.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Book } from "./book.mjs";
import { Edge } from "./edge.mjs";

const { RECEIVABLES, ORDER, DATES = "2012-12-31,2013-06-30,2013-11-30" } = process.env;
const bytes = readFileSync(RECEIVABLES);
const expected = read(bytes.toString("utf8"), ORDER);

const edge = await Edge.start();
try {
  const book = await Book.create(edge, "real", { demo_today: "2026-11-20" });
  const finance = await book.signIn("finance");
  const [staged, staging] = await timed(() => stage(finance, bytes));
  const { summary, dates, problems } = staged;
  console.log(`${RECEIVABLES}: ${summary.rows} rows, ${summary.new_items} documents, ${summary.new_customers} customers`);
  console.log(`  dates: ${JSON.stringify(dates.verdict)}; problems: ${problems.errors} errors, ${problems.warnings} warnings, ${problems.notes} notes`);
  same("order of dates", dates.verdict.order, ORDER);
  same("documents", summary.new_items, expected.length);
  const [, recording] = await timed(() => done(finance.write("POST", `imports/${staged.import}/commit`)));
  console.log(`  staged in ${staging} ms, recorded in ${recording} ms`);
  const again = await stage(finance, bytes);
  same("new documents the second time", again.summary.new_items, 0);

  const { columns } = await done(finance.get("journal"));
  const { customers } = await done(finance.get("sync?since=0"));
  const codes = new Map(customers.map(({ customer }) => [customer.id, customer.code]));
  for (const date of DATES.split(",")) {
    const open = openAt(expected, date);
    const total = [...open.values()].reduce((sum, cents) => sum + cents, 0);
    const journal = fromColumns(columns, date);
    same(`journal at ${date}`, [...journal.values()].reduce((sum, cents) => sum + cents, 0), total);
    for (const [id, code] of codes) {
      same(`journal of ${code} at ${date}`, journal.get(id) ?? 0, open.get(code) ?? 0);
      const { statement } = await done(finance.get(`customers/${id}/statement?from=2012-01-01&to=${date}`));
      const [account] = statement.accounts;
      same(`statement of ${code} at ${date}`, cents(account?.closing.amount ?? "0.00"), open.get(code) ?? 0);
      const bands = account?.aging?.bands.reduce((sum, minor) => sum + minor, 0) ?? 0;
      same(`aging of ${code} at ${date}`, bands, open.get(code) ?? 0);
    }
    console.log(`  ${date}: ${(total / 100).toFixed(2)} open; journal, ${codes.size} statements and their aging agree to the cent`);
  }
} finally {
  await edge.stop();
}

/** Stages the file; customers that the book doesn't know are made. */
async function stage(caller, bytes) {
  const send = async (more) => {
    const query = new URLSearchParams({ id: randomUUID(), name: "receivables.csv", ...more });
    const response = await edge.fetch(`/api/v1/imports?${query}`, {
      method: "POST",
      headers: { cookie: caller.cookie, "content-type": "application/octet-stream", "idempotency-key": randomUUID() },
      body: bytes,
    });
    const body = await response.json();
    if (response.status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };
  const { mapping } = await send({});
  mapping.choices.unknown_customers = "create";
  return send({ mapping: JSON.stringify(mapping) });
}

/** The file read another way: by splitting, and by an order of day and month that was told. */
function read(text, order) {
  const [head, ...lines] = text.trim().split(/\r?\n/).map((line) => line.split(","));
  const place = (name) => head.findIndex((column) => column.toLowerCase() === name.toLowerCase());
  const day = (cell) => {
    if (!cell) return undefined;
    const [first, second, year] = cell.split("/").map((part) => part.padStart(2, "0"));
    return order === "day_first" ? `${year}-${second}-${first}` : `${year}-${first}-${second}`;
  };
  return lines.map((cells) => ({
    customer: cells[place("customerID")],
    date: day(cells[place("InvoiceDate")]),
    settled: day(cells[place("SettledDate")]),
    cents: cents(cells[place("InvoiceAmount")]),
  }));
}

function cents(text) {
  const [whole, fraction = ""] = text.replace("-", "").split(".");
  const value = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return text.startsWith("-") ? -value : value;
}

function openAt(rows, date) {
  const open = new Map();
  for (const { customer, cents, ...row } of rows) {
    if (row.date <= date && !(row.settled && row.settled <= date)) open.set(customer, (open.get(customer) ?? 0) + cents);
  }
  return open;
}

function fromColumns({ customers, items, allocations }, date) {
  const day = (ordinal) => new Date((ordinal - 719_163) * 86_400_000).toISOString().slice(0, 10);
  const open = items.minor.map((minor, i) => (day(items.date[i]) <= date ? minor : 0));
  allocations.item.forEach((item, i) => {
    if (day(allocations.date[i]) <= date) open[item] -= allocations.minor[i];
  });
  const sums = new Map();
  open.forEach((minor, i) => sums.set(customers[items.customer[i]], (sums.get(customers[items.customer[i]]) ?? 0) + minor));
  return sums;
}

function same(what, found, wanted) {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
}

async function done(answer) {
  const { status, body } = await answer;
  if (status >= 400) throw new Error(JSON.stringify(body));
  return body;
}

async function timed(run) {
  const start = performance.now();
  return [await run(), Math.round(performance.now() - start)];
}
