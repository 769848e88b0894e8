// Credit applications at the desk: asked for in a customer's file, answered by whoever has the authority.

import { Book, charged, granted } from "../tools/book.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";

const TODAY = "2026-11-20";
let last = 0;

async function fresh(edge) {
  const book = await Book.create(edge, `applications-page-${++last}`, { demo_today: TODAY });
  const [customer] = await book.customers({ code: "C1", name: "海川国际货运", salesperson: book.people.sales });
  await book.facts(...granted(customer.id, "2026-11-01", 100_000), charged(customer.id, "I-1", "2026-10-02", "2026-12-02", 40_000));
  return { book, customer };
}

/** Signs somebody in at a page of the desk. */
async function enter(page, book, login, path) {
  await page.context().clearCookies();
  await page.goto(`/desk/${path}#t=${await book.link("desk", login)}`);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("navigation", { name: "主导航" })).toBeVisible();
}

const opened = (page) => page.getByRole("region", { name: "申请", exact: true });
const dialog = (page) => page.getByRole("dialog");

/** Answers with a reason. */
async function answer(page, word, reason) {
  await opened(page).getByRole("button", { name: word, exact: true }).click();
  await dialog(page).getByLabel("理由").fill(reason);
  await dialog(page).getByRole("button", { name: word, exact: true }).click();
  await expect(dialog(page)).toHaveCount(0);
}

test("a limit is asked for, asked back, put another way, left to the manager and granted", async ({ page, edge }) => {
  test.slow();
  const { book, customer } = await fresh(edge);

  // The officer asks, in the customer's file; their own they cannot answer.
  await enter(page, book, "officer", `customers/${customer.id}`);
  await page.getByRole("button", { name: "申请授信" }).click();
  await expect(dialog(page)).toContainText("为 海川国际货运 申请授信");
  const send = dialog(page).getByRole("button", { name: "提交" });
  await expect(send).toBeDisabled();
  await checkAccess(page);
  await dialog(page).getByLabel("额度（元）").fill("80万");
  await dialog(page).getByLabel(/^有效到/).fill("2027-06-30");
  await dialog(page).getByLabel("账期").selectOption({ label: "月结\u00a060\u00a0天" });
  await expect(send).toBeDisabled();
  await dialog(page).getByLabel("理由").fill("旺季备货");
  await send.click();
  await expect(page).toHaveURL(/\/desk\/applications\//);
  const one = opened(page);
  await expect(one).toContainText("您自己申请的，要由别人批");
  await expect(one.getByRole("button", { name: "批准" })).toHaveCount(0);
  const row = (name) => one.getByRole("row", { name });
  await expect(row(/^额度/)).toContainText("¥100,000.00");
  await expect(row(/^额度/)).toContainText("¥800,000.00，至 2027-06-30");
  await expect(row(/^账期/)).toContainText("月结\u00a060\u00a0天");
  await expect(row(/^敞口/)).toContainText("¥40,000.00");
  await checkAccess(page);

  // The manager asks back; the officer puts it another way.
  const url = new URL(page.url());
  const path = url.pathname.replace("/desk/", "");
  await enter(page, book, "manager", "applications");
  const waiting = page.getByRole("region", { name: "申请清单" }).getByRole("link", { name: /海川国际货运/ });
  await expect(waiting).toContainText("信用经理批");
  await waiting.click();
  await answer(page, "退回补充", "请附报表");
  await expect(page.getByText("没有这样的申请")).toBeVisible();
  await enter(page, book, "officer", path);
  await expect(opened(page)).toContainText("请附报表");
  await opened(page).getByRole("button", { name: "改申请" }).click();
  await expect(dialog(page).getByLabel("额度（元）")).toHaveValue("800,000.00");
  await dialog(page).getByLabel("额度（元）").fill("500000");
  await dialog(page).getByLabel("理由").fill("报表已附，减到五十万");
  await dialog(page).getByRole("button", { name: "提交" }).click();
  await expect(row(/^额度/)).toContainText("¥500,000.00");

  // Granted it is in force, and what happened is read from the newest down.
  await enter(page, book, "manager", path);
  await answer(page, "批准", "评估通过");
  await expect(page.getByText("已批准，立即生效")).toBeVisible();
  await expect(one.locator(".steps b").first()).toHaveText("批准");
  await expect(one.locator(".steps b")).toHaveText(["批准", "改申请", "退回补充", "申请"]);
  await expect(row(/^额度/).locator("td").first()).toHaveText("¥500,000.00，至 2027-06-30");
  const finance = await book.signIn("finance");
  const { standing } = (await finance.get(`customers/${customer.id}`)).body;
  expect([standing.limit.limit.amount.amount, standing.terms]).toEqual(["500000.00", { kind: "month_end", days: 60 }]);
});

test("a temporary limit is refused; what is asked for can be taken back", async ({ page, edge }) => {
  const { book, customer } = await fresh(edge);
  await enter(page, book, "officer", `customers/${customer.id}`);
  const ask = async (fill) => {
    await page.getByRole("button", { name: "申请授信" }).click();
    await fill(dialog(page));
    await dialog(page).getByLabel("理由").fill("一票大单");
    await dialog(page).getByRole("button", { name: "提交" }).click();
    await expect(page).toHaveURL(/\/desk\/applications\//);
  };
  await ask(async (form) => {
    await form.getByRole("button", { name: "临时额度" }).click();
    await form.getByLabel("额度（元）").fill("300000");
    await form.getByLabel("第一天").fill("2026-11-21");
    await form.getByLabel("最后一天").fill("2026-12-31");
  });
  await expect(opened(page)).toContainText("¥300,000.00，2026-11-21 至 2026-12-31");
  const path = new URL(page.url()).pathname.replace("/desk/", "");
  await enter(page, book, "manager", path);
  await answer(page, "不批准", "担保不够");
  await expect(opened(page)).toContainText("未批准");

  await enter(page, book, "officer", `customers/${customer.id}`);
  await ask((form) => form.getByLabel("额度（元）").fill("120000"));
  await opened(page).getByRole("button", { name: "撤回" }).click();
  await expect(opened(page)).toContainText("已撤回");
});
