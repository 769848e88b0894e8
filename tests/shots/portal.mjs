// The customer's door.

/** Tells the story. */
export async function portal(look) {
  const { context, page } = await look.visitor();
  const say = look.t.bind(look);
  const link = `/portal/#t=${await look.demo.link("portal", look.demo.customer)}`;
  await page.goto(link);
  const open = page.getByRole("button", { name: say("打开对账单", "Open the statement") });
  await open.waitFor();
  await look.shoot(page, "portal/way-in");
  await open.click();
  await page.getByRole("heading", { name: say("未清账单", "Open documents") }).first().waitFor();
  await look.shoot(page, "portal/statement");
  await context.close();

  // The same link a second time.
  const late = await look.visitor();
  await late.page.goto(link);
  await late.page.getByRole("button", { name: say("打开对账单", "Open the statement") }).click();
  await late.page.getByText(say("链接已经用过，或者过期了", "This link has been used or has expired")).waitFor();
  await look.shoot(late.page, "portal/expired-link");
  await late.context.close();
}
