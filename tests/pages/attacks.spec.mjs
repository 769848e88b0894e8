// Words that would run somewhere: in a page, or in a spreadsheet that somebody opens. On every page they are words, and in
// every table that goes out they stay words.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { Book, charged, granted, newId, yuan } from "../tools/book.mjs";
import { expect, test } from "../tools/pages.mjs";

const TODAY = "2026-11-20";
const MARKUP = `<img src=x onerror="window.ran=1">`;
/** What a spreadsheet takes for the start of a formula. */
const FORMULAS = ["=HYPERLINK(\"http://elsewhere.example\",\"付款\")", "+86-574", "-2+3", "@SUM(1)", "\t=1+1", "＝1+1"];

async function bookOf(edge) {
  const book = await Book.create(edge, "attacks", { demo_today: TODAY });
  const files = await book.customers(
    { code: "<b>C0</b>", name: `${MARKUP} 货代`, salesperson: book.people.sales },
    ...FORMULAS.map((name, i) => ({ code: `C${i + 1}`, name, salesperson: book.people.sales })),
  );
  await book.facts(...files.flatMap(({ id, code }, i) => [charged(id, i === 0 ? MARKUP : `${code}-1`, "2026-10-05", "2026-11-04", 100 + i), ...granted(id, "2026-01-01", 100_000)]));
  const [officer, admin] = [await book.signIn("officer"), await book.signIn("admin")];
  for (const [caller, path, body] of [
    [admin, `people/${book.people.ops}`, { name: MARKUP }],
    [officer, `customers/${files[0].id}/pieces`, { id: newId(), piece: { kind: "contact", what: { name: MARKUP, phone: MARKUP.slice(0, 30) } } }],
    [officer, `customers/${files[0].id}/freeze`, { frozen: true, reason: MARKUP }],
  ]) expect((await caller.write("POST", path, body)).status).toBe(200);
  return { book, files };
}

/** The texts of a workbook's cells. */
function textsOf(bytes) {
  const texts = [];
  for (let at = bytes.indexOf("PK\x03\x04"); at >= 0; at = bytes.indexOf("PK\x03\x04", at + 4)) {
    const [method, packed, name, extra] = [bytes.readUInt16LE(at + 8), bytes.readUInt32LE(at + 18), bytes.readUInt16LE(at + 26), bytes.readUInt16LE(at + 28)];
    const from = at + 30 + name + extra;
    const part = bytes.subarray(from, from + packed);
    texts.push((method === 8 ? inflateRawSync(part) : part).toString());
  }
  return texts.join("\n");
}

test("names with markup or formulas are words on the pages and in the tables that leave them", async ({ page, edge }) => {
  const { book, files } = await bookOf(edge);
  const signIn = async (door, login) => {
    await page.goto(`/${door}/#t=${await book.link(door, login)}`);
    await page.getByRole("button", { name: { desk: "登录", field: "进入", portal: "打开对账单" }[door] }).click();
  };
  const nothingRan = async () => {
    // What the code "<b>C0</b>" would become, among what is bold of our own.
    const made = () => [...document.querySelectorAll("img[src='x'], b")].filter((of) => of.localName === "img" || of.textContent === "C0");
    expect(await page.evaluate(`[window.ran, (${made})().length]`)).toEqual([undefined, 0]);
  };

  const officer = await book.signIn("officer");
  const order = { id: randomUUID(), customer: files[0].id, amount: yuan(1_000), terms: { kind: "prepaid" }, description: MARKUP };
  const asked = { limit: { kind: "amount", amount: yuan(1_000) }, reason: MARKUP };
  for (const [path, body] of [
    ["orders", { order, decision: randomUUID() }],
    ["applications", { application: randomUUID(), customer: files[0].id, asked }],
  ]) {
    const { status, body: answer } = await officer.write("POST", path, body);
    expect(status, JSON.stringify(answer)).toBe(200);
  }
  await signIn("desk", "officer");
  await expect(page.getByText(`${MARKUP} 货代`).first()).toBeVisible();
  await nothingRan();
  for (const path of ["orders", "applications"]) {
    await page.goto(`/desk/${path}?only=all`);
    await page.locator(".queue").getByRole("link", { name: `${MARKUP} 货代` }).first().click();
    await expect(page.locator(".file.order").getByText(MARKUP, { exact: true }).first()).toBeVisible();
    await nothingRan();
  }
  await page.goto(`/desk/customers/${files[0].id}?tab=papers`);
  await expect(page.locator(".pieces").getByText(MARKUP, { exact: true }).first()).toBeVisible();
  await nothingRan();

  await page.goto("/desk/customers");
  await expect(page.getByText(`${MARKUP} 货代`).first()).toBeVisible();
  await expect(page.getByText(FORMULAS[0]).first()).toBeVisible();
  await nothingRan();
  await page.getByRole("link", { name: `${MARKUP} 货代` }).first().click();
  await expect(page.getByRole("heading", { name: `${MARKUP} 货代` })).toBeVisible();
  await page.getByRole("button", { name: "往来" }).click();
  await expect(page.getByText("已在您的浏览器里重算，与账簿一致")).toBeVisible();
  await expect(page.locator("tbody").getByText(MARKUP, { exact: true }).first()).toBeVisible();
  await nothingRan();

  await page.goto("/desk/aging");
  await expect(page.getByText("已在您的浏览器里重算，与账簿一致")).toBeVisible();
  const download = async (button) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
    return readFileSync(await file.path());
  };
  const csv = (await download("下载 CSV")).toString();
  const cells = csv.slice(1).split("\r\n").flatMap((line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []).map((cell) => cell.replace(/,$/, "").replace(/^"(.*)"$/s, "$1").replaceAll('""', '"'));
  for (const { name } of files.slice(1)) expect(cells, name).toContain(`'${name}`);
  // What begins like a formula is a figure of ours, or nothing.
  for (const cell of cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))) expect(cell).toMatch(/^-[0-9.]+$/);
  const workbook = textsOf(await download("下载 Excel"));
  expect(workbook).not.toMatch(/<f[ >]/);
  expect(workbook).toContain("@SUM(1)");
  await nothingRan();

  for (const [door, login] of [["field", "sales"], ["portal", files[0].code]]) {
    await page.context().clearCookies();
    await signIn(door, login);
    await expect(page.getByText(`${MARKUP} 货代`).first()).toBeVisible();
    await nothingRan();
  }
  await expect(page.getByText(MARKUP, { exact: true }).first()).toBeVisible();
});
