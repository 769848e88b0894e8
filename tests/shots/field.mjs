// The salesperson's door.

/** Tells the story. */
export async function field(look) {
  const { context, page } = await look.visitor();
  const { t } = look;
  const say = t.bind(look);
  await page.goto("/field/");
  await page.getByRole("heading", { name: say("信用检查", "Credit check") }).waitFor();
  await look.shoot(page, "field/no-link");

  await page.goto("about:blank");
  await page.goto(`/field/#t=${await look.demo.link("field", look.demo.sales)}`);
  const enter = page.getByRole("button", { name: say("进入", "Enter") });
  await enter.waitFor();
  await look.shoot(page, "field/sign-in");
  await enter.click();
  const find = page.getByLabel(say("找客户", "Find a customer")).first();
  await page.locator(".pair li a").first().waitFor();
  await look.shoot(page, "field/list");
  await find.fill("qqq");
  await page.getByText(say("没有找到", "Nothing found")).waitFor();
  await look.shoot(page, "field/nothing-found");
  await find.fill("");

  await page.getByRole("link", { name: say("已确认", "Confirmed") }).click();
  await page.getByText(say("还没有确认过订单", "Nothing confirmed yet")).waitFor();
  await look.shoot(page, "field/outbox-empty");
  await page.goto("/field/");

  const { sound, large } = look.demo.examples;
  const check = async (customer, amount) => {
    await page.goto("/field/");
    await find.fill(customer.code);
    await page.locator(`.pair li a`, { hasText: customer.code }).first().click();
    await page.getByLabel(say(/^本单金额/, /^Amount/)).fill(String(amount));
    await page.locator("section.verdict h2").waitFor();
    // Off the field, so that no keyboard or focus ring is what one sees first.
    await page.locator("section.verdict").scrollIntoViewIfNeeded();
  };
  await check(sound, sound.approve);
  await look.shoot(page, "field/check-approve");
  await check(large, large.warn);
  await look.shoot(page, "field/check-warn");
  await check(sound, sound.hold);
  await look.shoot(page, "field/check-hold");

  // Confirmed at once.
  const confirm = () => page.locator("footer.confirm button").click();
  await check(sound, 1_000);
  await confirm();
  await page.getByText(say("授权号", "Authorisation")).waitFor();
  await look.shoot(page, "field/bound");

  // Without a network: judged here, queued, and bound once there is one.
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await check(sound, 1_000);
  await look.shoot(page, "field/check-offline");
  await confirm();
  await page.getByRole("button", { name: say("撤下不送", "Withdraw") }).waitFor();
  await look.shoot(page, "field/queued");
  await page.goto("/field/");
  await page.getByRole("link", { name: say("待发", "waiting") }).click();
  await page.getByRole("button", { name: say("现在送出", "Send now") }).waitFor();
  await look.shoot(page, "field/outbox");
  // What waits is sent by itself.
  await context.setOffline(false);
  await page.getByRole("button", { name: say("现在送出", "Send now") }).waitFor({ state: "hidden" });
  await look.shoot(page, "field/outbox-bound");

  await page.getByRole("link", { name: say("我", "Me"), exact: true }).click();
  await page.getByRole("button", { name: say("退出并清除", "Sign out and clear") }).waitFor();
  await look.shoot(page, "field/reader");
  await context.close();
}
