// How people come in and are looked after, in a company of its own for each look.

import { company } from "../../worker/selfhost/company.mjs";
import { Caller } from "../tools/book.mjs";
import { totp } from "../tools/totp.mjs";

const PASSWORD = "大船慢慢开 2026 gdansk";

/** Tells the story. */
export async function people(look) {
  const say = look.t.bind(look);
  const { url, secret } = look.demo;
  const code = `ocean-${look.name}`;
  const { link } = await company({ url, secret, code, name: "远洋货运有限公司" });
  const { context, page } = await look.visitor();
  const press = (name) => page.getByRole("button", { name, exact: true }).first().click();
  const toast = () => page.locator(".toast").first().waitFor({ state: "detached", timeout: 20_000 }).catch(() => {});

  await page.goto(link);
  await page.getByLabel(say("密码", "Password")).waitFor();
  await look.shoot(page, "people/join");
  await page.getByLabel(say("姓名", "Name")).fill(say("马丽华", "Ma Lihua"));
  await page.getByLabel(say("邮箱或手机号", "E-mail or phone")).fill("ma@ocean.cn");
  await page.getByLabel(say("密码", "Password")).fill("Password123");
  await press(say("设好并进入", "Set and enter"));
  await page.getByText(say("太容易猜到", "too easy to guess")).waitFor();
  await look.shoot(page, "people/join-refused");
  await page.getByLabel(say("密码", "Password")).fill(PASSWORD);
  await press(say("设好并进入", "Set and enter"));
  await page.locator(".rail").waitFor();
  await page.locator("table.people").waitFor();
  await look.shoot(page, "people/alone");

  // Colleagues: one who joined, one who hasn't, one who is shut out.
  const cookies = await context.cookies();
  const admin = Object.assign(new Caller(), {
    edge: look.demo.edge,
    cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
  });
  const invite = async (name, role, login) => {
    const { body } = await admin.write("POST", "people", { name, role });
    if (login) await look.demo.edge.api("POST", "session/join", { token: body.link.token, name, login, password: PASSWORD });
    return body.person;
  };
  await invite(say("陈信", "Chen Xin"), "officer", "chen.xin@ocean.cn");
  await invite(say("李财", "Li Cai"), "finance", "li.cai@ocean.cn");
  await invite(say("林小雨", "Lin Xiaoyu"), "sales", "13800138000");
  await invite(say("王经理", "Wang Jing"), "manager");
  const left = await invite(say("周大勇", "Zhou Dayong"), "sales", "13900139000");
  await admin.write("POST", `people/${left}`, { active: false });
  await page.reload();
  await page.locator("table.people tbody tr").nth(4).waitFor();
  await look.shoot(page, "people/people");
  await page.locator("table.people .name", { hasText: say("陈信", "Chen Xin") }).click();
  await page.mouse.move(0, 0);
  await look.shoot(page, "people/person");
  await press(say("停用", "Shut out"));
  await look.shoot(page, "people/shut-out");
  await press(say("再想想", "Think again"));
  await press(say("邀请同事", "Invite a colleague"));
  await page.getByLabel(say("姓名", "Name")).fill(say("赵明", "Zhao Ming"));
  await look.shoot(page, "people/invite");
  await press(say("做邀请链接", "Make the link"));
  await page.locator("dialog code.secret").waitFor();
  await look.shoot(page, "people/invited");
  await press(say("好", "Done"));

  await page.goto("/desk/tokens");
  await page.getByText(say("还没有程序令牌", "No tokens yet")).waitFor();
  await look.shoot(page, "people/no-tokens");
  await press(say("做令牌", "Make a token"));
  await page.getByLabel(say("给谁用", "What it is for")).fill(say("金蝶 ERP", "Our ERP"));
  await page.getByLabel(say("登记到款", "Record a receipt")).check();
  await page.getByLabel(say("读对账单", "Read a statement")).check();
  await look.shoot(page, "people/token-form");
  await page.locator(".token-form .btn--main").click();
  await page.locator("code.secret").waitFor();
  await look.shoot(page, "people/token-made");
  await press(say("已存好", "I have kept it"));
  await look.shoot(page, "people/tokens");

  await page.goto("/desk/account");
  await page.locator(".entries > li").first().waitFor();
  await look.shoot(page, "people/account");
  await press(say("开启两步验证", "Turn it on"));
  await page.getByLabel(say("您的密码", "Your password")).fill(PASSWORD);
  await press(say("继续", "Continue"));
  await page.locator("svg.qr").scrollIntoViewIfNeeded();
  await look.shoot(page, "people/second-factor");
  const key = (await page.locator(".enrol code.secret").innerText()).replaceAll(" ", "");
  await page.getByRole("textbox", { name: say("验证码", "Code") }).fill(totp(key));
  await press(say("开启", "Turn it on"));
  await page.locator("ol.codes").scrollIntoViewIfNeeded();
  await look.shoot(page, "people/recovery-codes");
  await press(say("已存好", "I have kept them"));
  await toast();

  await page.locator(".rail").getByRole("button", { name: say("退出", "Sign out") }).click();
  await page.getByLabel(say("公司代码", "Company code")).waitFor();
  await look.shoot(page, "people/sign-in");
  const fill = async (password) => {
    await page.getByLabel(say("邮箱或手机号", "E-mail or phone")).fill("ma@ocean.cn");
    await page.getByLabel(say("密码", "Password")).fill(password);
    await press(say("登录", "Sign in"));
  };
  await fill("wrong password");
  await page.getByRole("alert").waitFor();
  await look.shoot(page, "people/sign-in-refused");
  await fill(PASSWORD);
  await page.getByRole("textbox", { name: say("验证码", "Code") }).waitFor();
  await look.shoot(page, "people/code");
  await page.goto("/field/");
  await page.getByLabel(say("公司代码", "Company code")).waitFor();
  await look.shoot(page, "people/field-sign-in");
  await fill("wrong password");
  await page.getByRole("alert").waitFor();
  let status;
  for (let i = 0; status !== 429 && i < 16; i++) {
    const answered = page.waitForResponse("**/session/password");
    await page.locator(".sign-in .btn--main").click();
    status = (await answered).status();
  }
  await page.getByText(say("试得太多了", "Too many tries")).waitFor();
  await look.shoot(page, "people/throttled");
  await context.close();

  // What a finance clerk finds in a book without customers, and a customer's access to the portal.
  const clerk = await look.visitor();
  await clerk.page.goto("/desk/");
  await clerk.page.getByLabel(say("公司代码", "Company code")).fill(code);
  await clerk.page.getByLabel(say("邮箱或手机号", "E-mail or phone")).fill("li.cai@ocean.cn");
  await clerk.page.getByLabel(say("密码", "Password")).fill(PASSWORD);
  await clerk.page.keyboard.press("Enter");
  await clerk.page.getByText(say("还没有客户", "No customers yet")).waitFor();
  await look.shoot(clerk.page, "people/empty-book");
  await clerk.page.goto("about:blank");
  await clerk.context.clearCookies();
  await clerk.page.goto(`/desk/customers/${look.demo.examples.late.id}?tab=portal#t=${await look.demo.link("desk", look.demo.officer)}`);
  await clerk.page.getByRole("button", { name: say("登录", "Sign in") }).click();
  await clerk.page.getByRole("button", { name: say("做对账链接", "Make a statement link") }).click();
  await clerk.page.locator("code.secret").waitFor();
  await look.shoot(clerk.page, "people/portal-access");
  await clerk.context.close();
}
