// A real ledger through the page, counted again apart from the product: both files of late payments, one with the day first
// and one with the month first, come in at the desk in Chromium; then the aging sheet at some dates, every line of it, and
// every customer's statement are compared with the file to the cent. The files aren't part of this tree:
//
//   make real REAL=FOLDER      with receivables-dmy.csv and receivables-mdy.csv in it

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, expect } from "@playwright/test";
import { Book } from "./tools/book.mjs";
import { launchOptions } from "./tools/chromium.mjs";
import { Edge } from "./tools/edge.mjs";
import { atImport, check, choose, held, makeCustomers, openByCustomer, record } from "./tools/importing.mjs";
import { bands, byCustomer, cents, open, read, statement } from "./tools/recount.mjs";

const FILES = [
  { name: "receivables-dmy.csv", order: "day_first", said: "所以按 日/月/年 读", rows: 2466 },
  { name: "receivables-mdy.csv", order: "month_first", said: "所以按 月/日/年 读", rows: 2586 },
];
const DATES = ["2012-12-31", "2013-06-30", "2013-11-30"];
const CUSTOMERS = 100;
const SAME = "已在您的浏览器里重算，与账簿一致";

const folder = process.env.REAL;
if (!folder) throw new Error("REAL names the folder with receivables-dmy.csv and receivables-mdy.csv");

const edge = await Edge.start();
const browser = await chromium.launch(launchOptions());
try {
  for (const file of FILES) await prove(file);
} catch (error) {
  process.exitCode = 1;
  console.log(`✖ ${error.stack}\n${edge.log}`);
} finally {
  await browser.close();
  await edge.stop();
}

/** Brings one file into a book of its own and compares. */
async function prove({ name, order, said, rows: count }) {
  const path = join(folder, name);
  const rows = read(readFileSync(path, "utf8"), order);
  const theirs = byCustomer(rows);
  same(`${name}: rows`, [rows.length, theirs.size], [count, CUSTOMERS]);
  const book = await Book.create(edge, order.replace("_", "-"), { demo_today: "2026-11-20" });
  const finance = await book.signIn("finance");
  const context = await browser.newContext({ baseURL: edge.url, locale: "zh-CN", timezoneId: "Asia/Shanghai", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  try {
    // What the page says of the file.
    await atImport(page, book);
    await choose(page, path);
    await expect(page.getByText(said)).toBeVisible();
    await makeCustomers(page);
    await check(page);
    await expect(page.getByText(`新客户 ${CUSTOMERS} 个`)).toBeVisible({ timeout: 60_000 });
    const evidence = (await page.locator(".evidence li").allInnerTexts()).join("; ");
    const total = rows.reduce((sum, row) => sum + row.cents, 0n);
    await expect(page.getByRole("button", { name: `确认导入 ${figure(count)} 张单据，¥${money(total)}` })).toBeVisible();
    await record(page);
    console.log(`${name}: ${count} documents of ${theirs.size} customers, ¥${money(total)}\n  ${evidence}`);

    // The same file again.
    const before = await held(book, finance);
    await page.getByRole("button", { name: "导入下一个文件" }).click();
    await choose(page, path);
    await check(page);
    await expect(page.getByText("文件里的内容，账簿里都有了；导入不会增加什么")).toBeVisible({ timeout: 60_000 });
    await page.locator(".import-foot").getByRole("button", { name: "换一个文件" }).click();
    await expect.poll(() => held(book, finance)).toEqual(before);
    console.log("  the same file again adds nothing");

    const { customers } = (await finance.get("sync?since=0")).body;
    const ids = new Map(customers.map(({ customer }) => [customer.code, customer.id]));
    for (const date of DATES) await agesTo(page, rows, theirs, date);
    for (const date of DATES) {
      const journal = openByCustomer(before.columns, date);
      for (const [code, own] of theirs) {
        same(`${code}'s documents at ${date}`, journal.get(ids.get(code)), open(own, date));
        await statementIs(finance, ids.get(code), own, `${date.slice(0, 5)}01-01`, date);
      }
      console.log(`  ${date}: ${theirs.size} statements since new year: opening + charged − paid = closing = the file's`);
    }
    // And as they stand on the page.
    const [, date] = DATES;
    for (const [code, own] of theirs) {
      await page.goto(`/desk/customers/${ids.get(code)}?tab=account&from=2013-01-01&to=${date}`);
      await expect(page.getByText(SAME)).toBeVisible({ timeout: 60_000 });
      const wanted = statement(own, "2013-01-01", date);
      const shown = (await page.locator(".account dl.facts dd").allInnerTexts()).map(cents);
      same(`${code}'s statement on the page`, shown, [wanted.opening, wanted.charged, -wanted.paid, wanted.closing]);
    }
    console.log(`  ${date}: the same ${theirs.size} statements on the page, each made again in the browser`);
  } finally {
    await context.close();
  }
}

/** The aging sheet of a day: every line's bands and balance, and the foot. */
async function agesTo(page, rows, theirs, date) {
  await page.goto(`/desk/aging?as-of=${date}`);
  await expect(page.getByText(`截至 ${date}`)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(SAME)).toBeVisible();
  const table = page.getByRole("region", { name: "账龄表" });
  // What is disputed of the bands stands between them and what is open.
  const figures = (cells) => cells.toSpliced(8, 1).slice(1, 11).map(cents);
  const whole = (own) => [...bands(own, date), open(own, date), 0n, open(own, date)];
  const lines = await table.locator("tbody:not(.gap) > tr").evaluateAll((lines) =>
    lines.map((line) => [...line.children].map((cell) => cell.textContent)),
  );
  const owing = [...theirs].filter(([, own]) => open(own, date) !== 0n);
  same(`lines at ${date}`, lines.map(([code]) => code).sort(), owing.map(([code]) => code).sort());
  for (const [code, ...cells] of lines) same(`${code} at ${date}`, figures(cells), whole(theirs.get(code)));
  const foot = await table.locator("tfoot tr td").allInnerTexts();
  same(`all at ${date}`, figures(foot), whole(rows));
  console.log(`  ${date}: ¥${money(open(rows, date))} open; ${lines.length} lines of the aging sheet and its foot, band by band, are the file's`);
}

/** A customer's statement, through the API. */
async function statementIs(caller, id, own, from, to) {
  const { body } = await caller.get(`customers/${id}/statement?from=${from}&to=${to}`);
  const [account] = body.statement.accounts;
  const { opening, charged, credited, closing, aging } = account ?? {};
  const found = [opening, charged, credited, closing].map((sum) => (sum ? cents(sum.amount) : 0n));
  const wanted = statement(own, from, to);
  same(`statement of ${own[0].customer} at ${to}`, found, [wanted.opening, wanted.charged, wanted.paid, wanted.closing]);
  same(`its sums at ${to}`, wanted.opening + wanted.charged - wanted.paid, wanted.closing);
  same(`its aging at ${to}`, (aging?.bands ?? bands([], to)).map(BigInt), bands(own, to));
}

function same(what, found, wanted) {
  const text = (value) => JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
  if (text(found) !== text(wanted)) throw new Error(`${what}: ${text(found)} instead of ${text(wanted)}`);
}

/** With thousands marks, as the page writes it. */
function figure(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

function money(sum) {
  return `${figure(sum / 100n)}.${String(sum % 100n).padStart(2, "0")}`;
}
