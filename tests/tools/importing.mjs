// How somebody brings a file in at the desk, and what the book holds before and after.

import { expect } from "@playwright/test";

/** Signs somebody in at the import page, in Chinese. */
export async function atImport(page, book, login = "finance") {
  await page.goto(`/desk/import#t=${await book.link("desk", login)}`);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("heading", { name: "导入", exact: true })).toBeVisible();
}

/** Chooses a file: its path, or a name and what it holds. */
export const choose = (page, file, content) =>
  page
    .locator('input[type="file"]')
    .setInputFiles(content === undefined ? file : { name: file, mimeType: "text/csv", buffer: Buffer.from(content) });

/** Asks what the book makes of the file. */
export const check = (page) => page.getByRole("button", { name: "对照账簿预检" }).click();

/** Customers that the book doesn't know are to be made. */
export const makeCustomers = (page) => page.getByLabel("账簿里没有的客户").selectOption("create");

/** Records what was shown. */
export async function record(page) {
  await page.getByRole("button", { name: /^确认导入/ }).click();
  await expect(page.getByRole("heading", { name: "已导入" })).toBeVisible();
}

/** All that a file could change: the feed number, the rows of the ledger and of the stage, every document with what is open. */
export async function held(book, caller) {
  const { feed } = (await caller.get("sync?since=0")).body;
  const { columns } = (await caller.get("journal")).body;
  const counts = (await book.testing("counts")).body;
  const tables = ["customer", "customer_version", "fact", "item", "receipt", "allocation", "dispute", "import", "import_part", "import_plan"];
  return { feed, columns, ...Object.fromEntries(tables.map((table) => [table, counts[table]])) };
}

/** What is open of a journal's columns at the end of a day, in cents, by customer's id. */
export function openByCustomer({ customers, items, allocations }, date) {
  const day = (ordinal) => new Date((ordinal - 719_163) * 86_400_000).toISOString().slice(0, 10);
  const open = items.minor.map((minor, place) => (day(items.date[place]) <= date ? BigInt(minor) : 0n));
  allocations.item.forEach((item, place) => {
    if (day(allocations.date[place]) <= date) open[item] -= BigInt(allocations.minor[place]);
  });
  const sums = new Map(customers.map((id) => [id, 0n]));
  open.forEach((minor, place) => {
    const id = customers[items.customer[place]];
    sums.set(id, sums.get(id) + minor);
  });
  return sums;
}
