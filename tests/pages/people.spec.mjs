// How people come in and are looked after: a company is set up by a link, its admin invites, colleagues join, sign in by
// password and second factor, see where they are signed in, and are shut out; programs get tokens. What goes wrong is told
// in plain words and never kills a page.

import { company } from "../../worker/selfhost/company.mjs";
import { Book } from "../tools/book.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";
import { totp } from "../tools/totp.mjs";

const PASSWORD = "大船慢慢开 2026 gdansk";
const ADMIN = "ma@pages.cn";
const OFFICER = "chen@pages.cn";

test.describe.configure({ mode: "serial" });

let set;
/** The company of this file, and its admin's set-up link. */
const setUp = (edge) => (set ??= company({ url: edge.url, secret: edge.secret, code: "pages", name: "启航货代" }));

/** What a person's browser is to the others: its own, whose errors fail the test. */
const test2 = test.extend({
  other: async ({ browser, edge }, use) => {
    const complaints = [];
    const contexts = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ locale: "zh-CN", timezoneId: "Asia/Shanghai", baseURL: edge.url, ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        const refused = message.text().startsWith("Failed to load resource") && message.location().url.includes("/api/");
        if (message.type() === "error" && !refused) complaints.push(message.text());
      });
      return page;
    });
    for (const context of contexts) await context.close();
    expect(complaints, "errors on another page").toEqual([]);
  },
});

async function fill(page, login, password, { code = "pages" } = {}) {
  await page.getByLabel("公司代码").fill(code);
  await page.getByLabel("邮箱或手机号").fill(login);
  await page.getByLabel("密码").fill(password);
}

async function signIn(page, login, { door = "desk", password = PASSWORD } = {}) {
  await page.goto(`/${door}/`);
  await fill(page, login, password);
  await page.keyboard.press("Enter");
}

const isIn = (page) => expect(page.getByRole("navigation", { name: "主导航" })).toBeVisible();
const go = (page, place) => page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: place }).click();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const row = (page, name) => page.locator("table.people > tbody > tr:not(.under)", { hasText: name });

/** The link that a dialog shows once. */
async function linkOf(page) {
  const link = await page.getByRole("dialog").locator("code.secret").innerText();
  return link.slice(link.indexOf("/", "https://".length));
}

/** Sets login and password by a link. */
async function join(page, link, login, { name } = {}) {
  await page.goto(link);
  await expect(page.getByLabel("密码")).toBeVisible();
  if (name) await page.getByLabel("姓名").fill(name);
  await page.getByLabel("邮箱或手机号").fill(login);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.keyboard.press("Enter");
}

test("the set-up link lets the admin set login and password, and leads to the people", async ({ page, edge }) => {
  const { link } = await setUp(edge);
  await page.goto(link);
  await expect(page.getByText("启航货代请您设好登录名和密码。")).toBeVisible();
  await expect(page.getByText("管理员", { exact: true })).toBeVisible();
  await checkAccess(page);
  // What stands in the fragment is spent by the button alone: a reload brings the same page.
  await page.reload();
  await page.getByLabel("姓名").fill("马管理");
  await page.getByLabel("邮箱或手机号").fill("nobody");
  await page.getByLabel("密码").fill("short");
  await page.getByLabel("姓名").focus();
  await expect(page.getByText("还差 5 个字")).toBeVisible();
  await page.getByLabel("密码").fill("Password123");
  await press(page, "设好并进入");
  await expect(page.getByText("要填邮箱或手机号")).toBeVisible();
  await page.getByLabel("邮箱或手机号").fill(ADMIN);
  await press(page, "设好并进入");
  await expect(page.getByText("这个密码太容易猜到")).toBeVisible();
  await expect(page.getByLabel("邮箱或手机号")).toHaveValue(ADMIN);
  await checkAccess(page);
  // One may look at what one types.
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: /^显示/ }).click();
  await expect(page.getByLabel("密码")).toHaveAttribute("type", "text");
  await page.getByLabel("密码").press("Enter");
  await isIn(page);
  expect(new URL(page.url()).pathname).toBe("/desk/people");
  expect(page.url()).not.toContain("#");
  await expect(page.getByText("现在只有您一个人")).toBeVisible();
  await checkAccess(page);
  // Whoever opens the link again is in already, or hears that it is spent.
  await page.goto("about:blank");
  await page.goto(link);
  await isIn(page);
  await page.context().clearCookies();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByText("这个链接已经用过或过期")).toBeVisible();
  await expect(page.getByLabel("公司代码")).toHaveValue("pages");
});

test2("an officer is invited, joins elsewhere, turns the second factor on, comes back by it, and is shut out", async ({ page, other, edge }) => {
  test.slow();
  await setUp(edge);
  await signIn(page, ADMIN);
  await isIn(page);
  await press(page, "邀请同事");
  await page.getByLabel("姓名").fill("陈信");
  await page.getByLabel("角色").selectOption({ label: "信用专员" });
  await expect(page.getByText("看全部客户，确认订单，评定，停供，起草政策")).toBeVisible();
  await checkAccess(page);
  await press(page, "做邀请链接");
  await expect(page.getByText("只显示这一次")).toBeVisible();
  await checkAccess(page);
  const link = await linkOf(page);
  await press(page, "好");
  await expect(row(page, "陈信")).toContainText("待加入");

  // In a browser of their own.
  const officer = await other();
  await join(officer, link, OFFICER);
  await isIn(officer);
  // An empty book says what comes first, and no page of it breaks.
  await expect(officer.getByText("账簿还是空的")).toBeVisible();
  for (const place of ["账龄", "导入", "试算", "版本", "客户"]) {
    await go(officer, place);
    await expect(officer.getByRole("heading", { level: 1 })).toBeVisible();
    await officer.waitForTimeout(200);
  }
  await officer.goto("/desk/people");
  await expect(officer.getByText("“信用专员”这个角色不看这一页")).toBeVisible();

  await go(officer, "我的账户");
  await expect(officer.getByText("这里", { exact: true })).toBeVisible();
  await checkAccess(officer);
  await press(officer, "开启两步验证");
  await officer.getByLabel("您的密码").fill("wrong password");
  await press(officer, "继续");
  await expect(officer.getByText("密码不对，再试一次")).toBeVisible();
  await officer.getByLabel("您的密码").fill(PASSWORD);
  await press(officer, "继续");
  await expect(officer.getByRole("img", { name: "给验证器扫的二维码" })).toBeVisible();
  await checkAccess(officer);
  const secret = (await officer.locator(".enrol code.secret").innerText()).replaceAll(" ", "");
  await officer.getByLabel("验证码").fill("000000");
  await press(officer, "开启");
  await expect(officer.getByText("验证码不对、已过期或已用过")).toBeVisible();
  await officer.getByLabel("验证码").fill(totp(secret, -1));
  await press(officer, "开启");
  const codes = officer.locator("ol.codes code");
  await expect(codes).toHaveCount(10);
  await checkAccess(officer);
  const recovery = await codes.first().innerText();
  const saved = officer.waitForEvent("download");
  await press(officer, "下载");
  expect((await saved).suggestedFilename()).toBe("xinheng-pages-recovery-codes.txt");
  await press(officer, "已存好");
  await expect(officer.getByText("还剩 10 个恢复码")).toBeVisible();

  // Out, and in again by password and code; the company is remembered.
  await officer.locator(".rail").getByRole("button", { name: "退出" }).click();
  await expect(officer.getByLabel("公司代码")).toHaveValue("pages");
  await officer.getByLabel("邮箱或手机号").fill(OFFICER);
  await officer.getByLabel("密码").fill(PASSWORD);
  await press(officer, "登录");
  await expect(officer.getByLabel("验证码")).toBeFocused();
  await checkAccess(officer);
  await officer.keyboard.type("000000");
  await officer.keyboard.press("Enter");
  await expect(officer.getByText("验证码不对、已过期或已用过")).toBeVisible();
  await officer.getByLabel("验证码").fill(totp(secret));
  await officer.keyboard.press("Enter");
  await isIn(officer);
  await officer.locator(".rail").getByRole("button", { name: "退出" }).click();
  await fill(officer, OFFICER, PASSWORD);
  await press(officer, "登录");
  await press(officer, "用恢复码");
  await officer.getByLabel("恢复码").fill(recovery);
  await officer.keyboard.press("Enter");
  await isIn(officer);

  // The admin shuts them out: their next request is refused, and the page says so.
  await page.reload();
  await expect(row(page, "陈信")).toContainText("在用");
  await row(page, "陈信").getByRole("button").click();
  await checkAccess(page);
  await press(page, "停用");
  await expect(page.getByRole("button", { name: "再想想" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "停用" })).toBeFocused();
  await press(page, "停用");
  await page.getByRole("dialog").getByRole("button", { name: "停用" }).click();
  await expect(row(page, "陈信")).toContainText("已停用");
  await expect(officer.getByText("登录已结束")).toBeVisible();
  await checkAccess(officer);
  await fill(officer, OFFICER, PASSWORD);
  await press(officer, "登录");
  await expect(officer.getByText("公司、登录名或密码不对")).toBeVisible();

  // And lets them in again, as somebody else and without the second factor.
  await press(page, "恢复");
  await page.getByRole("dialog").getByRole("button", { name: "恢复" }).click();
  await expect(row(page, "陈信")).toContainText("在用");
  await press(page, "改角色");
  await page.getByRole("dialog").getByLabel("角色").selectOption({ label: "财务" });
  await page.getByRole("dialog").getByRole("button", { name: "改角色" }).click();
  await expect(row(page, "陈信")).toContainText("财务");
  await press(page, "取消两步验证");
  await page.getByRole("dialog").getByRole("button", { name: "取消两步验证" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await officer.getByLabel("密码").fill(PASSWORD);
  await press(officer, "登录");
  await isIn(officer);
  // Where they were; and what comes first in an empty book, for whoever may do it.
  await expect(officer.getByRole("heading", { name: "我的账户" })).toBeVisible();
  await go(officer, "客户");
  await expect(officer.getByRole("link", { name: "导入客户资料" })).toBeVisible();
});

test2("a forgotten password: the admin renews the link, and the new one counts", async ({ page, other, edge }) => {
  await setUp(edge);
  await signIn(page, ADMIN);
  await row(page, "陈信").getByRole("button").click();
  await press(page, "发新密码链接");
  await press(page, "做链接");
  const link = await linkOf(page);
  const officer = await other();
  await officer.goto(link);
  await expect(officer.getByText("设一个新密码，再进入启航货代。")).toBeVisible();
  await expect(officer.getByLabel("邮箱或手机号")).toHaveValue(OFFICER);
  await officer.getByLabel("密码").fill("another good one");
  await officer.keyboard.press("Enter");
  await isIn(officer);
  // The last admin stays one.
  await press(page, "好");
  await row(page, "马管理").getByRole("button").click();
  await page.locator(".under", { hasText: "管人员和令牌" }).getByRole("button", { name: "改角色" }).click();
  await page.getByRole("dialog").getByLabel("角色").selectOption({ label: "审计" });
  await page.getByRole("dialog").getByRole("button", { name: "改角色" }).click();
  await expect(page.getByText("最后一位管理员不能这样改")).toBeVisible();
});

test2("my account: another password, one session ended, then all", async ({ page, other, edge }) => {
  await setUp(edge);
  await signIn(page, ADMIN);
  const second = await other({ userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.49" });
  await signIn(second, ADMIN);
  await isIn(second);
  await go(page, "我的账户");
  const wechat = page.getByRole("listitem").filter({ hasText: "iPhone上的微信" });
  await wechat.getByRole("button", { name: "退出" }).click();
  await expect(wechat).toHaveCount(0);
  await second.reload();
  await expect(second.getByLabel("公司代码")).toBeVisible();

  await signIn(second, ADMIN);
  await isIn(second);
  await page.getByLabel("现在的密码").fill("wrong password");
  await page.getByLabel("新密码").fill("1234567890");
  await press(page, "改密码，别处都退出");
  await expect(page.getByText("密码不对，再试一次").or(page.getByText("这个密码太容易猜到"))).toBeVisible();
  await page.getByLabel("现在的密码").fill(PASSWORD);
  await page.getByLabel("新密码").fill(`${PASSWORD}!`);
  await press(page, "改密码，别处都退出");
  await expect(page.getByText("密码已改，别处都已退出")).toBeVisible();
  await second.reload();
  await expect(second.getByLabel("公司代码")).toBeVisible();
  // And back, for the others of this file.
  await page.getByLabel("现在的密码").fill(`${PASSWORD}!`);
  await page.getByLabel("新密码").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("新密码")).toHaveValue("");

  await press(page, "退出所有设备");
  await checkAccess(page);
  await press(page, "全部退出");
  await expect(page.getByLabel("公司代码")).toBeVisible();
});

test("a program's token is made for what was ticked, shown once, and revoked", async ({ page, edge }) => {
  await setUp(edge);
  await signIn(page, ADMIN);
  await go(page, "程序令牌");
  await expect(page.getByText("还没有程序令牌")).toBeVisible();
  await checkAccess(page);
  await press(page, "做令牌");
  await page.getByLabel("给谁用").fill("金蝶 ERP");
  await page.getByLabel("代哪个角色").selectOption({ label: "财务" });
  await page.getByLabel("登记到款").check();
  await page.getByLabel("读对账单").check();
  await page.getByLabel("有效天数").fill("900");
  await expect(page.getByText("填 1 到 730")).toBeVisible();
  await page.getByLabel("有效天数").fill("90");
  await checkAccess(page);
  await page.getByRole("button", { name: /^做令牌，可办 2.项$/ }).click();
  const token = await page.locator("code.secret").innerText();
  const ask = (path) => edge.api("GET", path, undefined, { authorization: `Bearer ${token}` });
  expect((await ask("customers/00000000-0000-7000-8000-000000000000/statement?from=2026-01-01&to=2026-01-02")).status).toBe(404);
  expect((await ask("people")).status).toBe(403);
  await press(page, "已存好");
  await expect(page.getByText(token)).toHaveCount(0);
  await page.reload();
  const line = page.locator("table.tokens > tbody > tr", { hasText: "金蝶 ERP" });
  await expect(line).toContainText("有效");
  await line.locator("summary").click();
  await expect(line).toContainText("读对账单、登记到款");
  await checkAccess(page);
  await line.getByRole("button", { name: "作废" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "作废" }).click();
  await expect(line).toContainText("已作废");
  expect((await ask("people")).status).toBe(401);
});

test("wrong passwords are told without telling more, and too many tries must wait", async ({ page, edge }) => {
  await setUp(edge);
  // From an address of its own, so that nobody else of this file waits.
  await page.route("**/api/v1/session/password", (route) => {
    return route.continue({ headers: { ...route.request().headers(), "x-address-of-test": "10.9.9.9" } });
  });
  await page.goto("/desk/");
  const autocomplete = (label) => page.getByLabel(label).getAttribute("autocomplete");
  expect(await autocomplete("公司代码")).toBe("organization");
  expect(await autocomplete("邮箱或手机号")).toBe("username");
  expect(await autocomplete("密码")).toBe("current-password");
  for (const [login, code] of [[ADMIN, "pages"], ["nobody@pages.cn", "pages"], [ADMIN, "nowhere"]]) {
    await fill(page, login, "wrong password", { code });
    await press(page, "登录");
    await expect(page.getByText("公司、登录名或密码不对")).toBeVisible();
  }
  await fill(page, ADMIN, "wrong password");
  let status;
  for (let i = 0; status !== 429 && i < 12; i++) {
    const answered = page.waitForResponse("**/session/password");
    await page.getByRole("button", { name: "登录" }).click();
    status = (await answered).status();
  }
  expect(status).toBe(429);
  await expect(page.getByRole("alert")).toHaveText(/^试得太多了[0-9]{2}:[0-9]{2}:[0-9]{2} 以后再试$/);
  // It is over by itself.
  await expect(page.getByText("试得太多了")).toBeHidden();
  await expect(page.getByRole("button", { name: "登录" })).toBeEnabled();
});

test2("in English, and at the phone's door: an admin is sent to the desk, a salesperson comes in and finds the account", async ({ page, other, edge }) => {
  await setUp(edge);
  const visitor = await other({ locale: "en-GB", viewport: { width: 390, height: 844 } });
  await visitor.goto("/field/");
  await visitor.getByLabel("Company code").fill("pages");
  await visitor.getByLabel("E-mail or phone").fill(ADMIN);
  await visitor.getByLabel("Password").fill(PASSWORD);
  await checkAccess(visitor);
  await visitor.getByRole("button", { name: "Sign in" }).click();
  await expect(visitor.getByText("Your role does not come in here")).toBeVisible();
  await visitor.getByRole("link", { name: "Go to the credit desk" }).click();
  await expect(visitor.getByRole("heading", { name: "Credit desk" })).toBeVisible();

  await signIn(page, ADMIN);
  await press(page, "邀请同事");
  await page.getByLabel("姓名").fill("林小雨");
  await page.getByLabel("角色").selectOption({ label: "销售", exact: true });
  await press(page, "做邀请链接");
  const link = await linkOf(page);
  expect(link).toMatch(/^\/field\/#j=/);
  await visitor.goto(link);
  await expect(visitor.getByText("启航货代 asks you to set your login and password.")).toBeVisible();
  await checkAccess(visitor);
  await visitor.getByLabel("E-mail or phone").fill("138 0013 8000");
  await visitor.getByLabel("Password").fill(PASSWORD);
  await visitor.keyboard.press("Enter");
  await expect(visitor.getByRole("link", { name: "Me", exact: true })).toBeVisible();
  await visitor.getByRole("link", { name: "Me", exact: true }).click();
  await checkAccess(visitor);
  // The account is at the desk, by the same login, beside the phone's door.
  const [account] = await Promise.all([visitor.waitForEvent("popup"), visitor.getByRole("link", { name: "My account" }).click()]);
  await account.getByLabel("E-mail or phone").fill("138 0013 8000");
  await account.getByLabel("Password").fill(PASSWORD);
  await account.keyboard.press("Enter");
  await expect(account.getByText("This one")).toBeVisible();
  await expect(account.getByRole("listitem").filter({ hasText: "credit check" })).toBeVisible();
  await checkAccess(account);
  await account.close();
  await visitor.reload();
  await expect(visitor.getByRole("link", { name: "Me", exact: true })).toBeVisible();
});

test("a customer's access to the portal: a link made, somebody in, ended", async ({ page, edge }) => {
  const book = await Book.create(edge, "portal-access", { name: "宁波远澜国际货运代理有限公司" });
  const [{ id }] = await book.customers({ code: "C0001", name: "宁波海川贸易有限公司" });
  await page.goto(`/desk/customers/${id}?tab=portal#t=${await book.link("desk", "officer")}`);
  await press(page, "登录");
  await expect(page.getByText("现在没有人能进")).toBeVisible();
  await press(page, "做对账链接");
  const link = await page.locator("code.secret").innerText();
  await expect(page.getByText("还没用的链接")).toBeVisible();
  await checkAccess(page);
  const token = link.split("#t=")[1];
  const entered = await edge.api("POST", "session", { token });
  expect(entered.status).toBe(200);
  await page.reload();
  const open = page.locator(".entries > li");
  await expect(open).toHaveCount(1);
  await expect(open).toContainText("对账单");
  await press(page, "结束全部");
  await page.getByRole("dialog").getByRole("button", { name: "结束全部" }).click();
  await expect(page.getByText("现在没有人能进")).toBeVisible();
  const cookie = entered.headers.get("set-cookie").split(";")[0];
  expect((await edge.api("GET", "session", undefined, { cookie })).status).toBe(401);
});
