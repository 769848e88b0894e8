// The credit department's door.

/** Tells the story. */
export async function desk(look) {
  const say = look.t.bind(look);
  const { context, page } = await look.visitor();
  await page.goto(`/desk/#t=${await look.demo.link("desk", look.demo.officer)}`);
  await page.getByRole("button", { name: say("登录", "Sign in") }).waitFor();
  await look.shoot(page, "desk/sign-in");
  await page.getByRole("button", { name: say("登录", "Sign in") }).click();
  await page.locator(".card .queue").first().waitFor();
  await page.locator(".card .skeleton").first().waitFor({ state: "detached" });
  await look.shoot(page, "desk/today");
  if (look.width < 760) {
    await page.getByRole("button", { name: say("菜单", "Menu") }).click();
    await look.shoot(page, "desk/menu");
  }
  await page.goto("/desk/customers");
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

  // One whose file is filled, and the form by which a piece comes into it.
  await page.goto(`/desk/customers/${await filled(look)}?tab=papers`);
  await page.locator(".pieces").first().waitFor();
  await look.shoot(page, "desk/papers");
  await page.getByRole("button", { name: say("添加", "Add"), exact: true }).click();
  await page.getByRole("dialog").getByRole("combobox").first().selectOption("statement");
  await look.shoot(page, "desk/papers-add");

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
  const moved = page.locator(".affected tbody:not(.gap) tr th").first();
  if (look.width > 1000) await moved.click();
  await page.evaluate(() => document.activeElement?.blur());
  await look.shoot(page, "desk/what-if");

  await page.goto("/desk/policy");
  await page.locator(".version h2").first().waitFor();
  await look.shoot(page, "desk/policy");
  await page.getByText(say("整份制度", "The whole policy")).first().click();
  await page.locator(".policy-text").waitFor();
  await look.shoot(page, "desk/policy-text");
  await context.close();
  await decisions(look, say);
  await imports(look, say);
}

/** The manager decides: the queue, an order in it and the question before it goes through; then what is asked for. */
async function decisions(look, say) {
  const { context, page } = await look.visitor();
  await page.goto(`/desk/orders#t=${await look.demo.link("desk", look.demo.manager)}`);
  await page.getByRole("button", { name: say("登录", "Sign in") }).click();
  const row = page.locator(".queue a");
  await row.first().waitFor();
  await look.shoot(page, "desk/orders");
  await row.first().click();
  await page.locator(".order .names").waitFor();
  await look.shoot(page, "desk/order");
  // One that is within the manager's authority.
  const release = page.locator(".deeds .btn--main");
  await page.goto(`/desk/orders/${await within(look)}`);
  await release.waitFor();
  if (await release.isEnabled()) {
    await release.click();
    await page.getByRole("dialog").waitFor();
    await look.shoot(page, "desk/order-release");
    await page.keyboard.press("Escape");
  }
  await page.goto("/desk/orders?only=open");
  await row.first().waitFor();
  await look.shoot(page, "desk/orders-open");

  await page.goto(`/desk/customers/${look.demo.examples.sound.id}`);
  await page.getByRole("button", { name: say("申请授信", "Ask for credit") }).click();
  await page.getByRole("dialog").waitFor();
  await look.shoot(page, "desk/apply");
  await page.goto("/desk/applications?only=all");
  await page.locator(".queue, .empty").first().waitFor();
  await look.shoot(page, "desk/applications");
  if ((await row.count()) > 0) {
    await row.first().click();
    await page.locator(".order .names").waitFor();
    await look.shoot(page, "desk/application");
  }
  await context.close();
}

/** A customer whose file holds pieces. */
async function filled(look) {
  const caller = await look.demo.enter("desk", look.demo.officer);
  const { pieces } = (await caller.get("pieces?since=0")).body;
  return pieces[0].customer;
}

/** An order that the manager may let through. */
async function within(look) {
  const caller = await look.demo.enter("desk", look.demo.manager);
  const { orders } = (await caller.get("orders?status=held&limit=200")).body;
  return orders.find(({ release }) => release?.authority.roles.some(({ role, may }) => role === "manager" && may))?.order.id ?? orders[0].order.id;
}

/** A clerk brings files in: one that is read and compared with the book, one with a row that is wrong, one that is none. */
async function imports(look, say) {
  const { context, page } = await look.visitor();
  await page.goto(`/desk/#t=${await look.demo.link("desk", look.demo.finance)}`);
  await page.getByRole("button", { name: say("登录", "Sign in") }).click();
  await page.locator(".rail").waitFor();
  const { code } = look.demo.examples.sound;
  const head = "客户编号,发票号,开票日期,到期日,价税合计";
  const rows = Array.from({ length: 12 }, (_, i) => `${code},新-${look.name}-${i},2026-11-${10 + (i % 9)},2026-12-31,${1_200 + 37 * i}.50`);
  const files = {
    "import-checked": Buffer.from([head, ...rows, ""].join("\n")),
    "import-problems": Buffer.from([head, rows[0], `${code},坏-1,2026-13-40,2026-12-31,abc`, ""].join("\n")),
    "import-no-table": Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 0, 0, 255, 254]),
  };
  for (const [name, buffer] of Object.entries(files)) {
    await page.goto("/desk/import");
    const input = page.locator("input[type=file]");
    await input.waitFor({ state: "attached" });
    if (name === "import-checked") await look.shoot(page, "desk/import");
    await input.setInputFiles({ name: `${name}.csv`, mimeType: "text/csv", buffer });
    const read = name === "import-no-table" ? page.getByRole("alert") : page.getByRole("region", { name: say("各列", "Columns") });
    await read.first().waitFor();
    const compared = page.getByRole("region", { name: say("对照账簿", "Against the book") });
    if (name === "import-checked") {
      await look.shoot(page, "desk/import-read");
      await page.getByRole("button", { name: say("对照账簿预检", "Check against the book") }).click();
      await compared.waitFor();
    }
    await look.shoot(page, `desk/${name}`);
  }
  await context.close();
}

/** Moves a weight by so many steps, as with the arrow keys. */
async function move(page, name, steps) {
  const weight = page.getByLabel(name).and(page.locator("input[type=range]")).first();
  await weight.focus();
  for (let i = 0; i < Math.abs(steps); i++) await page.keyboard.press(steps < 0 ? "ArrowLeft" : "ArrowRight");
}
