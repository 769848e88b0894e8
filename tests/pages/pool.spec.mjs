// A bank's file at the desk: shown before anything is added, then a receipt claimed for the customer that the reasons point
// to, and one set aside; at a phone's width too.

import { Book, charged } from "../tools/book.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";
import { workbook } from "../tools/xlsx.mjs";

let last = 0;
const LIST = "交易日期,交易流水号,收入,支出,对方户名,附言\n20261120,B1,25000.50,,宁波恒茂进出口有限公司,INV-1001 货款\n20261120,B2,,200.00,,手续费\n20261120,B3,77.00,,某银行,利息\n";

/** A book with a customer that owes, and the finance clerk at the pool. */
async function open(page, edge) {
  const book = await Book.create(edge, `pool-page-${++last}`, { demo_today: "2026-11-20" });
  const [customer] = await book.customers({ code: "C001", name: "宁波恒茂进出口有限公司", salesperson: book.people.sales });
  await book.facts(charged(customer.id, "INV-1001", "2026-10-08", "2026-11-08", 25_000.5));
  await page.goto(`/desk/pool#t=${await book.link("desk", "finance")}`);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("heading", { name: "到款认领", exact: true })).toBeVisible();
  return book;
}
const choose = (page, name, content) =>
  page.locator('input[type="file"]').setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });

for (const width of [1280, 390]) {
  test(`a bank's list comes into the pool, is claimed and set aside, ${width} px wide`, async ({ page, edge }) => {
    test.slow();
    await page.setViewportSize({ width, height: 844 });
    await open(page, edge);
    await checkAccess(page);
    await choose(page, "流水.csv", LIST);
    await expect(page.getByRole("heading", { name: /会放进待认领/ })).toBeVisible();
    await page.getByText(/不放进去的/).click();
    // Its own charge names nobody.
    await expect(page.getByRole("row", { name: /未写明对方/ })).toContainText("支出，不是到款");
    await checkAccess(page);
    await page.getByRole("button", { name: /^放进待认领/ }).click();

    await page.getByRole("button", { name: /认领 宁波恒茂进出口有限公司/ }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText(/户名就是它/)).toBeVisible();
    await expect(dialog.getByRole("row", { name: /INV-1001/ })).toContainText("付款时写明");
    await checkAccess(page);
    await dialog.getByRole("button", { name: /^认领给/ }).click();
    await expect(page.getByRole("row", { name: /C001 宁波恒茂/ })).toBeVisible();

    await page.getByRole("button", { name: /认领 某银行/ }).click();
    await dialog.getByText("不是客户的款").click();
    await dialog.getByLabel("是什么").fill("银行利息");
    await dialog.getByRole("button", { name: "搁置" }).click();
    await expect(page.getByRole("row", { name: /不是客户的款：银行利息/ })).toBeVisible();
    await expect(page.getByRole("region", { name: "待认领", exact: true }).getByText("没有到款等着认领")).toBeVisible();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over).toBeLessThanOrEqual(0);
  });
}

test("a workbook's sheet is chosen, and what is wrong with a statement is said", async ({ page, edge }) => {
  await open(page, edge);
  const rows = [["交易日期", "收入", "对方户名"], ["2026-11-20", 5, "甲"]];
  await choose(page, "流水.xlsx", workbook({ 十月: rows, 十一月: [...rows, ["2026-11-19", 6, "乙"]] }));
  await page.getByLabel("工作表").selectOption("十一月");
  await expect(page.getByRole("heading", { name: "会放进待认领：2 笔到款" })).toBeVisible();
  await page.getByRole("button", { name: "换一个文件" }).first().click();
  await choose(page, "cut.sta", ":20:1\n:25:1\n:60F:C261119CNY0,\n:61:261120C1,00NTRFX//B1\n");
  await expect(page.getByText(/没有期末余额，文件不完整/)).toBeVisible();
});
