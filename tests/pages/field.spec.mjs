// The salesperson's story: in by a link, a customer found, a verdict while typing, confirmed with and without a network. The
// edge's answer to what waited is compared with what the device had judged, and nothing happens twice.

import { randomUUID } from "node:crypto";
import { Book, charged, granted, yuan } from "../tools/book.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";

const TODAY = "2026-11-20";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
test.use(PHONE);

/** A book with a customer who has room, one who has little, and one whom this salesperson doesn't serve. */
async function bookOf(edge, code, options = { demo_today: TODAY }) {
  const book = await Book.create(edge, code, options);
  const mine = { salesperson: book.people.sales };
  const [roomy, tight, other] = await book.customers(
    { code: "C001", name: "宁波恒茂进出口有限公司", name_en: "Ningbo Hengmao", ...mine },
    { code: "C002", name: "嘉兴博远纺织科技有限公司", ...mine },
    { code: "C003", name: "上海申达国际物流有限公司", salesperson: book.people.sales2 },
  );
  await book.facts(
    ...granted(roomy.id, "2026-10-01", 800_000),
    ...granted(tight.id, "2026-10-01", 100_000),
    charged(roomy.id, "INV-1", "2026-10-25", "2026-11-30", 300_000),
    charged(tight.id, "INV-2", "2026-09-20", "2026-11-10", 20_000),
    charged(tight.id, "INV-3", "2026-10-28", "2026-12-01", 40_000),
  );
  return { book, roomy, tight, other };
}

/** Opens the door by a link, as a person does. */
async function enter(page, book, login = "sales") {
  await page.goto(`/field/#t=${await book.link("field", login)}`);
  await page.getByRole("button", { name: "进入" }).click();
  await expect(page.getByRole("heading", { name: "我的客户" })).toBeAttached();
}

/** Goes to a customer and types an amount. */
async function ask(page, customer, amount) {
  await page.goto(`/field/customers/${customer.id}`);
  await page.getByLabel(/本单金额/).fill("");
  await page.getByLabel(/本单金额/).pressSequentially(String(amount));
}

const verdict = (page) => page.getByRole("region", { name: "结论" });
const press = (page, name) => page.getByRole("button", { name }).click();
const ready = (page) => page.evaluate(() => navigator.serviceWorker.ready);

/** What the book has of a customer's orders, as the credit officer sees it. */
async function ordersOf(book, customer) {
  const officer = await book.signIn("officer");
  return (await officer.get(`customers/${customer.id}`)).body.orders;
}

test("a link is spent by the button only, once, and leaves the address", async ({ page, edge }) => {
  const { book } = await bookOf(edge, "field-link");
  const token = await book.link("field", "sales");
  await page.goto(`/field/#t=${token}`);
  await expect(page.getByRole("button", { name: "进入" })).toBeVisible();
  await checkAccess(page);
  await page.reload();
  await press(page, "进入");
  await expect(page.getByRole("link", { name: /恒茂/ })).toBeVisible();
  expect(page.url()).not.toContain(token);
  // Whoever comes later with the same link is told; whoever is in already stays in.
  await page.goto(`/field/#t=${token}`);
  await page.reload();
  await press(page, "进入");
  await expect(page.getByRole("link", { name: /恒茂/ })).toBeVisible();
  await page.context().clearCookies();
  await page.goto("about:blank");
  await page.goto(`/field/#t=${token}`);
  await press(page, "进入");
  await expect(page.getByRole("alert")).toContainText("已经用过或过期");
});

test("my customers are found by name, code and initials", async ({ page, edge }) => {
  const { book } = await bookOf(edge, "field-find");
  await enter(page, book);
  const rows = page.getByRole("list").getByRole("link", { name: /公司/ });
  await expect(rows).toHaveCount(2);
  await expect(page.getByText("演示账簿，日期停在 2026-11-20")).toBeVisible();
  await expect(page.getByRole("link", { name: /博远/ })).toContainText("逾期 ¥20,000.00");
  await checkAccess(page);
  for (const [search, found] of [["恒茂", "恒茂"], ["c002", "博远"], ["nbhm", "恒茂"], ["hengmao", "恒茂"], ["纺 嘉", "博远"]]) {
    await page.getByLabel("找客户").fill(search);
    await expect(rows, search).toHaveCount(1);
    await expect(rows).toContainText(found);
  }
  await page.getByLabel("找客户").fill("申达");
  await expect(page.getByText("没有找到")).toBeVisible();
});

test("the verdict follows every key, and a way out is one tap", async ({ page, edge }) => {
  const { book, roomy } = await bookOf(edge, "field-type");
  await enter(page, book);
  await page.getByRole("link", { name: /恒茂/ }).click();
  await page.getByLabel(/本单金额/).pressSequentially("50000");
  await expect(verdict(page)).toContainText("额度之内，用到 43.8%");
  await page.getByLabel(/本单金额/).press("0");
  await expect(verdict(page)).toContainText("准予");
  await page.getByLabel(/本单金额/).fill("600000");
  await expect(verdict(page)).toContainText("暂缓");
  await expect(page.getByRole("list").getByText("300,000 + 600,000 > 800,000 × 105%")).toBeVisible();
  await expect(page.getByText("陆拾万元整")).toBeVisible();
  await checkAccess(page);
  const way = page.getByRole("button", { name: /^预付 ¥60,000.00/ });
  await way.click();
  await expect(verdict(page)).toContainText("在容忍度内");
  await expect(page.getByRole("heading", { name: "怎样能通过" })).toBeVisible();
  await expect(way).toHaveAttribute("aria-pressed", "true");
  await way.click();
  await expect(verdict(page)).toContainText("暂缓");
  // What passes with a remark needs no way to pass.
  await page.getByLabel(/本单金额/).fill("520000");
  await expect(verdict(page)).toContainText("准予");
  await expect(page.getByRole("heading", { name: "怎样去掉这条提示" })).toBeVisible();
  await page.getByLabel(/本单金额/).fill("600000");
  // A hold is kept as one, with its reasons.
  await press(page, /记为暂缓/);
  await expect(page.getByText("账簿已记为暂缓，不占用额度")).toBeVisible();
  expect(await ordersOf(book, roomy)).toMatchObject([{ status: "held" }]);
});

test("confirmed online: the number, and the same as judged here", async ({ page, edge }) => {
  const { book, roomy } = await bookOf(edge, "field-online");
  await enter(page, book);
  await ask(page, roomy, 86_000);
  await press(page, "确认，占用 ¥86,000.00");
  await expect(page.getByText("与本机判断一致")).toBeVisible();
  await expect(page.getByText(/^261120-\d{4}/)).toBeVisible();
  await checkAccess(page);
  expect(await ordersOf(book, roomy)).toMatchObject([{ status: "confirmed", amount: yuan(86_000) }]);
  // What it used is used: the device hears of it.
  await page.goto(`/field/customers/${roomy.id}`);
  await expect(page.getByRole("region", { name: "可用额度" })).toContainText("414,000.00");
});

test("cut off: judged, queued, kept over a reload, and bound once when back", async ({ page, context, edge }) => {
  const { book, roomy } = await bookOf(edge, "field-offline");
  await enter(page, book);
  await expect(page.getByRole("link", { name: /恒茂/ })).toBeVisible();
  await ready(page);
  await context.setOffline(true);
  await ask(page, roomy, 86_000);
  await expect(verdict(page)).toContainText("离线预判");
  await press(page, /确认，占用/);
  await expect(page.getByText("联网后送出（待发 1 笔）")).toBeVisible();
  await checkAccess(page);
  await page.reload();
  await expect(page.getByText("联网后送出（待发 1 笔）")).toBeVisible();
  expect(await ordersOf(book, roomy)).toEqual([]);
  await context.setOffline(false);
  await expect(page.getByText("与本机判断一致")).toBeVisible();
  const orders = await ordersOf(book, roomy);
  expect(orders).toMatchObject([{ status: "confirmed" }]);
  // The page shows the beginning of the digest that binds.
  const officer = await book.signIn("officer");
  const { body } = await officer.get(`decisions/${orders[0].decision}`);
  await expect(page.getByText(body.digest.slice(0, 12))).toBeVisible();
});

test("a second order is judged on what the one that waits leaves", async ({ page, context, edge }) => {
  const { book, roomy } = await bookOf(edge, "field-queue");
  await enter(page, book);
  await expect(page.getByRole("link", { name: /恒茂/ })).toBeVisible();
  await ready(page);
  await context.setOffline(true);
  await ask(page, roomy, 400_000);
  await expect(verdict(page)).toContainText("额度之内");
  await press(page, /确认，占用/);
  await expect(page.getByText("待发 1 笔")).toBeVisible();
  await ask(page, roomy, 200_000);
  await expect(page.getByText("这位客户还有 1 笔待发，当作已经确认算进来了")).toBeVisible();
  await expect(page.getByRole("region", { name: "可用额度" })).toContainText("100,000.00");
  await expect(verdict(page)).toContainText("暂缓");
  await checkAccess(page);
  await press(page, /记为暂缓/);
  await expect(page.getByText("本机预判：暂缓")).toBeVisible();
  // Bound in the order in which they were made, as judged here; what was sent can be replayed on the book's own facts.
  await context.setOffline(false);
  await expect(page.getByText("账簿已记为暂缓，不占用额度")).toBeVisible();
  const compared = page.getByRole("region", { name: "与本机判断比较" });
  await expect(compared).toContainText("本机判断无误");
  await expect(compared).toContainText("已确认订单：¥0.00 → ¥400,000.00");
  expect((await ordersOf(book, roomy)).map(({ status }) => status).sort()).toEqual(["confirmed", "held"]);
});

test("what isn't one amount is said to be none, and nothing is judged", async ({ page, edge }) => {
  const { book, roomy } = await bookOf(edge, "field-strange");
  await enter(page, book);
  for (const [typed, said] of [["-5", "不能是负数"], ["1e5", "请只写数字"], ["1.2.3", "只能有一个小数点"], ["5or 6", "请只写数字"]]) {
    await ask(page, roomy, typed);
    await expect(page.getByLabel(/本单金额/)).toHaveValue(typed);
    await expect(page.getByText(said)).toBeVisible();
    await expect(verdict(page)).toHaveCount(0);
    await expect(page.getByRole("button", { name: "先填金额" })).toBeDisabled();
  }
  await checkAccess(page);
  await page.getByLabel(/本单金额/).fill("5.4万");
  await expect(page.getByLabel(/本单金额/)).toHaveValue("54,000");
  await expect(verdict(page)).toContainText("准予");
});

/** Confirms while cut off, lets something happen, comes back, and hands over what the page then says. */
async function meanwhile(page, context, edge, code, happens, options) {
  const { book, roomy } = await bookOf(edge, code, options);
  await enter(page, book);
  await expect(page.getByRole("link", { name: /恒茂/ })).toBeVisible();
  await ready(page);
  await context.setOffline(true);
  await ask(page, roomy, 86_000);
  await press(page, /确认，占用/);
  await expect(page.getByText("待发 1 笔")).toBeVisible();
  await happens({ book, roomy });
  await context.setOffline(false);
  await expect(page.getByText("本机判断无误")).toBeVisible();
  expect(await ordersOf(book, roomy)).toHaveLength(1);
  return page.getByRole("region", { name: "与本机判断比较" });
}

test("a payment came meanwhile: the device judged rightly, and the page names it", async ({ page, context, edge }) => {
  const compared = await meanwhile(page, context, edge, "field-paid", async ({ book, roomy }) => {
    const finance = await book.signIn("finance");
    const receipt = { receipt: randomUUID(), customer: roomy.id, date: TODAY, amount: yuan(50_000), apply: [] };
    expect((await finance.write("POST", "receipts", receipt)).status).toBe(200);
  });
  await expect(compared).toContainText("未核销款：¥0.00 → ¥50,000.00");
});

test("a new policy came meanwhile: the page names its version", async ({ page, context, edge }) => {
  const compared = await meanwhile(page, context, edge, "field-policy", async ({ book }) => {
    const [officer, manager] = [await book.signIn("officer"), await book.signIn("manager")];
    const [{ policy }] = (await officer.get("policies")).body.versions;
    policy.order_check.tolerance = "0.1";
    const { body } = await officer.write("POST", "policies", { policy });
    expect((await manager.write("POST", `policies/${body.version}/approval`)).status).toBe(200);
  });
  await expect(compared).toContainText("政策：第 1 版 → 第 2 版");
});

test("midnight passed meanwhile: the page names the date", async ({ page, context, edge }) => {
  const now = new Date();
  const day = (date) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(date);
  const tomorrow = new Date(now.getTime() + 24 * 3_600_000);
  try {
    const compared = await meanwhile(page, context, edge, "field-date", () => edge.setClock(tomorrow.toISOString()), {});
    await expect(compared).toContainText(`日期：${day(now)} → ${day(tomorrow)}`);
  } finally {
    await edge.setClock(new Date().toISOString());
  }
});

test("three tries whose answers are lost bind once", async ({ page, context, edge }) => {
  const { book, roomy } = await bookOf(edge, "field-retry");
  await enter(page, book);
  await ready(page);
  const keys = [];
  // The service worker leaves the API alone, so that the page's own requests are seen here.
  await context.route("**/api/v1/orders", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length < 4) {
      await route.fetch();
      await route.abort("connectionreset");
    } else {
      await route.continue();
    }
  });
  await ask(page, roomy, 86_000);
  await press(page, /确认，占用/);
  for (const tries of [1, 2, 3]) {
    await expect(page.getByText(`试过 ${tries} 次`)).toBeVisible();
    if (tries < 3) await press(page, "现在送出");
  }
  expect(await ordersOf(book, roomy)).toHaveLength(1);
  await press(page, "现在送出");
  await expect(page.getByText("与本机判断一致")).toBeVisible();
  expect(new Set(keys).size).toBe(1);
  expect(await ordersOf(book, roomy)).toHaveLength(1);
  await page.getByRole("link", { name: "返回" }).click();
  await expect(page.getByRole("list").getByRole("link", { name: /恒茂.*已确认/ })).toHaveCount(1);
  await checkAccess(page);
});

test("two tabs send what waits once", async ({ page, context, edge }) => {
  const { book, roomy, tight } = await bookOf(edge, "field-tabs");
  await enter(page, book);
  await expect(page.getByRole("link", { name: /恒茂/ })).toBeVisible();
  await ready(page);
  const second = await context.newPage();
  await second.goto("/field/sent");
  await context.setOffline(true);
  await ask(page, roomy, 86_000);
  await press(page, /确认，占用/);
  await ask(page, tight, 1_000);
  await press(page, /送出|确认/);
  await expect(second.getByText("2 笔待发")).toBeVisible();
  let posted = 0;
  await context.route("**/api/v1/orders", (route) => {
    posted += 1;
    return route.continue();
  });
  await context.setOffline(false);
  await expect(second.getByRole("list").getByText(/已确认|暂缓/)).toHaveCount(2);
  expect(posted).toBe(2);
  expect(await ordersOf(book, roomy)).toHaveLength(1);
});

test("signing out empties the device, and asks first when something waits", async ({ page, context, edge }) => {
  const { book, roomy } = await bookOf(edge, "field-leave");
  await enter(page, book);
  await expect(page.getByRole("link", { name: /恒茂/ })).toBeVisible();
  await ready(page);
  await context.setOffline(true);
  await ask(page, roomy, 86_000);
  await press(page, /确认，占用/);
  await expect(page.getByText("待发 1 笔")).toBeVisible();
  await page.goto("/field/me");
  await press(page, "退出并清除");
  await expect(page.getByRole("dialog")).toContainText("还有 1 笔没送出");
  await press(page, "先不退出");
  await context.setOffline(false);
  await page.goto("/field/sent");
  await expect(page.getByRole("list").getByText("已确认")).toBeVisible();
  await page.goto("/field/me");
  await checkAccess(page);
  await press(page, "退出并清除");
  await expect(page.getByLabel("公司代码")).toBeVisible();
  const left = await page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    const rows = await Promise.all(names.map((name) => new Promise((done) => {
      indexedDB.open(name).onsuccess = ({ target: { result: db } }) => {
        const rooms = [...db.objectStoreNames];
        const counts = rooms.map((room) => new Promise((count) => {
          db.transaction(room).objectStore(room).count().onsuccess = ({ target }) => count(target.result);
        }));
        Promise.all(counts).then((counts) => done(counts.reduce((sum, count) => sum + count, 0)));
      };
    })));
    return { rows: rows.reduce((sum, count) => sum + count, 0), kept: Object.keys(localStorage) };
  });
  expect(left).toEqual({ rows: 0, kept: [] });
});

test("a customer given to a colleague is gone at the next contact", async ({ page, edge }) => {
  const { book, roomy } = await bookOf(edge, "field-gone");
  await enter(page, book);
  await page.getByRole("link", { name: /恒茂/ }).click();
  await expect(page.getByLabel(/本单金额/)).toBeVisible();
  await book.customers({ ...roomy, salesperson: book.people.sales2 });
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await expect(page.getByText("您看不到这位客户")).toBeVisible();
});

test.describe("on a tablet, in English, in the dark", () => {
  test.use({ viewport: { width: 1024, height: 768 }, hasTouch: true, locale: "en-GB", colorScheme: "dark" });

  test("the list stays beside the check", async ({ page, edge }) => {
    const { book } = await bookOf(edge, "field-wide");
    await page.goto(`/field/#t=${await book.link("field", "sales")}`);
    await page.getByRole("button", { name: "Enter" }).click();
    await expect(page.getByText("Choose a customer first")).toBeVisible();
    await page.getByRole("link", { name: /Hengmao/ }).click();
    await page.getByLabel(/Amount \(CNY\)/).pressSequentially("86000");
    await expect(page.getByRole("region", { name: "Verdict" })).toContainText("Within the limit, 48.3 % used");
    await expect(page.getByRole("searchbox", { name: "Find a customer" })).toBeVisible();
    await checkAccess(page);
    await page.getByRole("button", { name: /^Confirm, using/ }).click();
    await expect(page.getByText("Same as judged on this device")).toBeVisible();
  });
});
