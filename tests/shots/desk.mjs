// The credit department's door.

/** Tells the story. */
export async function desk(look) {
  const say = look.t.bind(look);
  const { context, page } = await look.visitor();
  await page.goto(`/desk/#t=${await look.demo.link("desk", look.demo.officer)}`);
  await page.getByRole("button", { name: say("登录", "Sign in") }).waitFor();
  await look.shoot(page, "desk/sign-in");
  await page.getByRole("button", { name: say("登录", "Sign in") }).click();
  const row = page.locator("section.list tbody tr a").first();
  await row.waitFor();
  await look.shoot(page, "desk/customers");

  const { late } = look.demo.examples;
  await page.goto(`/desk/customers/${late.id}`);
  const file = page.getByRole("region", { name: say("客户档案", "Customer file") });
  await file.waitFor();
  await file.getByText(late.code).first().waitFor();
  await look.shoot(page, "desk/customer");
  const tabs = page.getByRole("navigation", { name: say("档案的各部分", "Parts of the file") }).locator("a, button");
  for (let i = 1; i < (await tabs.count()); i++) {
    await tabs.nth(i).click();
    await page.waitForTimeout(300);
    await look.shoot(page, `desk/customer-${i + 1}`);
  }

  await page.goto("/desk/aging");
  await page.getByRole("button", { name: say("下载 CSV", "Download CSV") }).first().waitFor();
  await page.locator("tbody:not(.gap) tr").first().waitFor();
  await look.shoot(page, "desk/aging");

  await page.goto("/desk/what-if");
  await page.locator("section.policy input.range").first().waitFor();
  await page.locator("section.policy .factors input.range").first().waitFor();
  await move(page, say("付款行为权重", "Weight of payment behaviour"), 15);
  await move(page, say("超额容忍度", "Tolerance over limit"), -3);
  // The address follows when the weight rests; then one of the customers that it moves is opened beside.
  await page.waitForTimeout(500);
  const moved = page.locator("tbody:not(.gap) tr td, tbody:not(.gap) tr th").first();
  if (look.width > 1000) await moved.click();
  await page.evaluate(() => document.activeElement?.blur());
  await look.shoot(page, "desk/what-if");

  await page.goto("/desk/policy");
  await page.getByText("v1").first().waitFor();
  await look.shoot(page, "desk/policy");
  await context.close();
}

/** Moves a weight by so many steps, as with the arrow keys. */
async function move(page, name, steps) {
  const weight = page.getByLabel(name).and(page.locator("input[type=range]")).first();
  await weight.focus();
  for (let i = 0; i < Math.abs(steps); i++) await page.keyboard.press(steps < 0 ? "ArrowLeft" : "ArrowRight");
}
