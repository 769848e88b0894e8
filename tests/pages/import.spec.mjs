// Bringing a file in at the desk: read here, what it says shown, what is open asked, compared with the book, recorded. A bad
// file says why in both languages and leaves the book as it was.

import { writeFileSync } from "node:fs";
import { Book, charged } from "../tools/book.mjs";
import { atImport, check, choose, held, makeCustomers, openByCustomer, record } from "../tools/importing.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";
import { bands, byCustomer, cents, open as openAt, read, statement } from "../tools/recount.mjs";

let last = 0;

/** A fresh book, and the finance clerk at the import page. */
async function open(page, edge, login) {
  const book = await Book.create(edge, `import-page-${++last}`, { demo_today: "2026-11-20" });
  await atImport(page, book, login);
  return book;
}

/** Invoices whose days are beyond 12 and whose terms are 30 days; some are settled. */
function invoices(count, order) {
  const day = (offset) => {
    const date = new Date(Date.UTC(2012, 0, 3 + offset));
    const [d, m] = [String(date.getUTCDate()).padStart(2, "0"), String(date.getUTCMonth() + 1).padStart(2, "0")];
    return order === "day" ? `${d}/${m}/${date.getUTCFullYear()}` : `${m}/${d}/${date.getUTCFullYear()}`;
  };
  const row = (_, i) => `${1000 + i},C-${i % 9},${day(i)},${day(i + 30)},${(i + 1) * 10}.50,${i % 3 ? day(i + 20) : ""}`;
  return `invoiceNumber,customerID,InvoiceDate,DueDate,InvoiceAmount,SettledDate\n${Array.from({ length: count }, row).join("\n")}\n`;
}

test("a file is read, shown, compared and recorded", async ({ page, edge }) => {
  test.slow();
  const book = await open(page, edge);
  await checkAccess(page);
  await choose(page, "late.csv", invoices(60, "day"));
  await expect(page.getByText("UTF-8，逗号分隔，60 行")).toBeVisible();
  await expect(page.getByText(/个日期只能是 日\/月\/年/)).toBeVisible();
  await expect(page.getByText(/账期都是 30\u{a0}天/u)).toBeVisible();
  await expect(page.getByLabel("“InvoiceAmount”列是什么")).toHaveValue("amount");
  await checkAccess(page);

  // The customers aren't in the book: that is an error until somebody says that they are to be made.
  await check(page);
  await expect(page.getByRole("row", { name: /账簿里没有客户“C-0”/ })).toBeVisible();
  await expect(page.locator(".import-foot")).toContainText("整个文件不导入。文件里有账簿没有的客户：可以按文件新建");
  // The cure is one press away, and what the book says then comes into sight.
  await page.getByRole("button", { name: "按文件新建这些客户，再对照" }).click();
  await expect(page.getByRole("heading", { name: "导入后会这样" })).toBeInViewport();
  await expect(page.getByLabel("账簿里没有的客户")).toHaveValue("create");
  await expect(page.getByText("新客户 9 个")).toBeVisible();
  await checkAccess(page);
  await page.getByRole("button", { name: "确认导入 60 张单据，¥18,330.00" }).click();
  await expect(page.getByRole("heading", { name: "已导入" })).toBeVisible();
  expect((await book.testing("counts")).body.item).toBe("60");

  // The same file again adds nothing, says so, and offers nothing to press.
  const finance = await book.signIn("finance");
  const before = await held(book, finance);
  await page.getByRole("button", { name: "导入下一个文件" }).click();
  await expect(page.getByRole("row", { name: /late\.csv/ })).toContainText("已导入");
  // Customers are no documents.
  await expect(page.getByRole("row", { name: /late\.csv/ })).toContainText("应收单据：60 张新单据，9 个新客户");
  await checkAccess(page);
  await choose(page, "again.csv", invoices(60, "day"));
  await check(page);
  await expect(page.getByText("文件里的内容，账簿里都有了；导入不会增加什么")).toBeVisible();
  await expect(page.getByRole("button", { name: /^确认导入/ })).toHaveCount(0);
  await page.locator(".import-foot").getByRole("button", { name: "换一个文件" }).click();
  await expect(page.getByRole("row", { name: /late\.csv/ })).toBeVisible();
  await expect.poll(() => held(book, finance)).toEqual(before);
});

test("what came in ties out to the file at past days, to the cent", async ({ page, edge }) => {
  test.slow();
  const book = await open(page, edge);
  const file = invoices(120, "month");
  const rows = read(file, "month_first");
  await choose(page, "mdy.csv", file);
  await makeCustomers(page);
  await check(page);
  await record(page);

  const finance = await book.signIn("finance");
  const { columns } = (await finance.get("journal")).body;
  const { customers } = (await finance.get("sync?since=0")).body;
  for (const date of ["2012-02-29", "2012-03-31", "2012-05-31"]) {
    await page.goto(`/desk/aging?as-of=${date}`);
    await expect(page.getByText(`截至 ${date}`)).toBeVisible();
    const foot = (await page.locator("tfoot tr").locator("td").allInnerTexts()).toSpliced(8, 1).slice(1, 11).map(cents);
    const due = openAt(rows, date);
    expect(foot, date).toEqual([...bands(rows, date), due, 0n, due]);
    await expect(page.getByText("已在您的浏览器里重算，与账簿一致")).toBeVisible();
    const journal = openByCustomer(columns, date);
    for (const { customer } of customers) {
      const own = byCustomer(rows).get(customer.code);
      expect(journal.get(customer.id), `${customer.code} at ${date}`).toBe(openAt(own, date));
    }
  }

  // One customer's statement as it stands on the page.
  const { customer } = customers[4];
  await page.goto(`/desk/customers/${customer.id}?tab=account&from=2012-02-01&to=2012-03-31`);
  await expect(page.getByText("已在您的浏览器里重算，与账簿一致")).toBeVisible();
  const figures = (await page.locator(".account dl.facts dd").allInnerTexts()).map(cents);
  const own = statement(byCustomer(rows).get(customer.code), "2012-02-01", "2012-03-31");
  expect(figures).toEqual([own.opening, own.charged, -own.paid, own.closing]);
  expect(own.opening + own.charged - own.paid).toBe(own.closing);
});

test("a list of open items a month later settles, corrects and adds", async ({ page, edge }) => {
  test.slow();
  const book = await open(page, edge);
  const finance = await book.signIn("finance");
  const total = async () => [...openByCustomer((await finance.get("journal")).body.columns, "2026-11-20").values()].reduce((sum, open) => sum + open, 0n);
  const bring = async (name, rows, day) => {
    await choose(page, name, `customer,invoice number,date,due date,amount,open balance\n${rows.join("\n")}\n`);
    await page.getByLabel(/清单日期/).fill(day);
    await makeCustomers(page);
    await check(page);
  };
  await bring("october.csv", ["C1,1,2026-08-01,2026-08-31,100.00,100.00", "C1,2,2026-09-01,2026-10-01,200.00,150.00", "C1,3,2026-09-15,2026-10-15,50.00,50.00"], "2026-10-20");
  await record(page);
  expect(await total()).toBe(300_00n);

  // A month later 1 is gone, 2 is down to 20, 3 is as it was, 4 is new.
  const november = ["C1,2,2026-09-01,2026-10-01,200.00,20.00", "C1,3,2026-09-15,2026-10-15,50.00,50.00", "C1,4,2026-11-01,2026-12-01,70.00,70.00"];
  await page.getByRole("button", { name: "导入下一个文件" }).click();
  await bring("november.csv", november, "2026-11-20");
  const outcome = page.getByRole("region", { name: "对照账簿" });
  await expect(outcome).toContainText("导入后会这样");
  for (const [name, count] of Object.entries({ 新单据: 1, 已有且一致: 1, 结清: 1, 余额更正: 1 })) {
    await expect(outcome.locator("dt", { hasText: name }).locator("+ dd")).toHaveText(String(count));
  }
  await checkAccess(page);
  expect(await total()).toBe(300_00n);
  await record(page);
  expect(await total()).toBe(140_00n);

  const before = await held(book, finance);
  await page.getByRole("button", { name: "导入下一个文件" }).click();
  await bring("november again.csv", november, "2026-11-20");
  await expect(page.getByText("文件里的内容，账簿里都有了；导入不会增加什么")).toBeVisible();
  await page.locator(".import-foot").getByRole("button", { name: "换一个文件" }).click();
  await expect.poll(() => held(book, finance)).toEqual(before);
});

test("an import is undone, unless money was applied to it meanwhile", async ({ page, edge }) => {
  test.slow();
  const book = await open(page, edge);
  const finance = await book.signIn("finance");
  const bring = async (name, content) => {
    await choose(page, name, content);
    await makeCustomers(page);
    await check(page);
    await record(page);
    await page.getByRole("button", { name: "导入下一个文件" }).click();
  };
  await bring("invoices.csv", "customer,invoice number,date,due date,amount\nC1,1,2026-10-01,2026-11-01,10.00\nC1,2,2026-10-02,2026-11-02,20.00\n");
  const before = await held(book, finance);
  await bring("money.csv", "客户编号,到账日期,到账金额,银行流水号,核销发票号\nC1,2026-11-10,10.00,B-1,1\n");
  const line = (name) => page.getByRole("row", { name });

  // Money was applied to it: it stays, and says why.
  await line(/invoices\.csv/).getByRole("button", { name: "撤销" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("撤销导入“invoices.csv”？");
  await expect(dialog).toContainText("2\u00a0张单据从账簿里撤回");
  await expect(dialog).toContainText("这次建的1\u00a0个新客户保留");
  await checkAccess(page);
  await dialog.getByRole("button", { name: "撤销导入" }).click();
  await expect(dialog.getByRole("alert")).toContainText("之后已有核销、冲减、争议或退款用到这次导入的单据");
  await dialog.getByRole("button", { name: "再想想" }).click();
  await expect(dialog).toBeHidden();

  // The money first, then the documents; what is left is the customer, who owes nothing.
  await line(/money\.csv/).getByRole("button", { name: "撤销" }).click();
  await dialog.getByRole("button", { name: "撤销导入" }).click();
  await expect(line(/money\.csv/)).toContainText("已撤销");
  await expect(page.getByText("已撤销导入")).toBeVisible();
  const { columns } = await held(book, finance);
  expect(columns).toEqual(before.columns);
  await line(/invoices\.csv/).getByRole("button", { name: "撤销" }).click();
  await dialog.getByRole("button", { name: "撤销导入" }).click();
  await expect(line(/invoices\.csv/)).toContainText("已撤销");
  await expect(page.getByRole("button", { name: "撤销" })).toHaveCount(0);
  await page.goto("/desk/aging");
  await expect(page.getByText("这一天没有未清")).toBeVisible();
});

test("month first is read as month first", async ({ page, edge }) => {
  await open(page, edge);
  await choose(page, "mdy.csv", invoices(40, "month"));
  await expect(page.getByText("所以按 月/日/年 读")).toBeVisible();
});

test("a remembered order gives way to what a file itself says", async ({ page, edge }) => {
  await open(page, edge);
  // The list that the mappings stand in comes late; whoever chooses the next file is faster.
  await page.route("**/api/v1/imports", async (route) => {
    await new Promise((done) => setTimeout(done, 1_000));
    await route.continue();
  });
  for (const [order, pattern, before] of [["day", "日/月/年"], ["month", "月/日/年", "日/月/年"]]) {
    await choose(page, `${order}.csv`, invoices(40, order));
    await expect(page.getByText(`所以按 ${pattern} 读`)).toBeVisible();
    const told = page.getByText("这个文件不一样，以它自己的依据为准");
    if (before) await expect(told).toContainText(`上一个文件按 ${before} 读`);
    else await expect(told).toHaveCount(0);
    await expect(page.getByText(/还要回答/)).toHaveCount(0);
    await makeCustomers(page);
    await expect(told).toHaveCount(before ? 1 : 0);
    await check(page);
    // The mapping is remembered with what was recorded; the same documents come to nothing new.
    if (before) {
      await expect(page.getByText("文件里的内容，账簿里都有了；导入不会增加什么")).toBeVisible();
    } else {
      await record(page);
      await page.getByRole("button", { name: "导入下一个文件" }).click();
    }
  }
});

test("a file that was compared and left can be gone on with", async ({ page, edge }) => {
  const book = await open(page, edge);
  await choose(page, "left.csv", invoices(12, "day"));
  await makeCustomers(page);
  await check(page);
  await expect(page.getByRole("heading", { name: "导入后会这样" })).toBeVisible();
  await page.goto("/desk/import");
  const row = page.getByRole("row", { name: /left\.csv/ });
  await expect(row).toContainText("待确认");
  await row.getByRole("button", { name: "继续导入" }).click();
  await expect(page.getByRole("dialog")).toContainText("12 张新单据");
  await checkAccess(page);
  await page.getByRole("dialog").getByRole("button", { name: "确认导入" }).click();
  await expect(row).toContainText("已导入");
  expect((await book.testing("counts")).body.item).toBe("12");
});

test("what the file leaves open is asked and never guessed", async ({ page, edge }) => {
  await open(page, edge);
  await choose(page, "open.csv", "customer,invoice number,date,due date,amount\nC1,1,03/04/2012,05/06/2012,10.00\nC1,2,04/05/2012,06/07/2012,20.00\n");
  await expect(page.getByText("日期是日在前，还是月在前？")).toBeVisible();
  await expect(page.getByRole("button", { name: "对照账簿预检" })).toBeDisabled();
  await checkAccess(page);
  await page.getByRole("radio", { name: "日/月/年" }).check();
  await expect(page.getByText("日期是日在前，还是月在前？")).toBeHidden();
  await expect(page.getByRole("button", { name: "对照账簿预检" })).toBeEnabled();
});

test("columns nobody recognises are matched by hand", async ({ page, edge }) => {
  await open(page, edge);
  await choose(page, "odd.csv", "who,paper,when,until,how much\nC1,A-1,2026-10-01,2026-11-01,10.00\n");
  await expect(page.getByText(/还要回答/)).toBeVisible();
  for (const [column, meaning] of Object.entries({ who: "customer", paper: "number", when: "date", until: "due", "how much": "amount" })) {
    await page.getByLabel(`“${column}”列是什么`).selectOption(meaning);
  }
  await makeCustomers(page);
  await check(page);
  await expect(page.getByRole("button", { name: "确认导入 1 张单据，¥10.00" })).toBeVisible();
});

test("problems stand by row and column, and go along as a file", async ({ page, edge }) => {
  await open(page, edge);
  const rows = Array.from({ length: 300 }, (_, i) => `C1,N-${i},2026-10-01,2026-11-01,${i % 2 ? "=1+1" : "1.00"}`);
  await choose(page, "wrong.csv", `customer,invoice number,date,due date,amount\n${rows.join("\n")}\n`);
  const problems = page.getByRole("region", { name: "问题" }).first();
  await expect(problems).toContainText("150\u00a0个错误");
  await expect(problems.getByRole("row", { name: /^3 amount/ })).toContainText("是公式");
  await expect(page.getByRole("button", { name: "对照账簿预检" })).toBeDisabled();
  await checkAccess(page);
  const download = page.waitForEvent("download");
  await problems.getByRole("button", { name: "下载清单" }).click();
  expect((await download).suggestedFilename()).toBe("problems-wrong.csv");
});

/** Bad files, by what is said of them: in place of the file, as a question, or by row and column once the book was asked. */
const bad = {
  "files that cannot be taken": {
    "empty.csv": { content: "", zh: "文件是空的", en: "The file is empty" },
    "blank.csv": { content: "\r\n \r\n", zh: "文件是空的", en: "The file is empty" },
    "book.xlsx": { content: Buffer.from("504b030414000600", "hex"), zh: "工作簿损坏（zip）", en: "The workbook is broken (zip)" },
    "old.xls": { content: Buffer.from("d0cf11e0a1b11ae10000", "hex"), zh: "这是旧版 Excel 工作簿（.xls），读不了", en: "This is an old workbook (.xls) and cannot be read" },
    "photo.csv": { content: Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), zh: "这是图片，读不了", en: "This is an image and cannot be read" },
    "broken.csv": { content: Buffer.from("637573746f6d65722cff31ff0a", "hex"), zh: "文字既不是 UTF-8，也不是 GBK/GB18030", en: "The characters are neither UTF-8 nor GBK/GB18030" },
    "text.csv": { content: "only a line of text\n", zh: "没有找到列名", en: "No row of column names" },
    "quote.csv": { content: 'customer,invoice number,date,due date,amount\nC001,"INV-2,2026-10-08,2026-11-08,1.00\n', zh: "第 2 行有一个引号没有配对", en: "Line 2: a quotation mark is opened and not closed" },
    "large.csv": { megabytes: 50, zh: "文件有 50 MB，最多 32 MB", en: "The file has 50 MB, at most 32 MB are taken" },
  },
  "files that leave something open": {
    "wrong columns.csv": { content: "colour,shape,weight\nred,round,3\nblue,square,4\n", asked: true, zh: "哪一列是客户编号", en: "Which column is the Customer number" },
    "both ways.csv": {
      content: "customer,invoice number,date,due date,amount\nC001,2,03/04/2012,05/06/2012,10.00\nC001,3,04/05/2012,06/07/2012,20.00\n",
      asked: true,
      zh: "日期是日在前，还是月在前？",
      en: "Does the day or the month come first?",
    },
    "comma or point.csv": {
      content: 'customer,invoice number,date,due date,amount\nC001,2,2026-10-08,2026-11-08,"1,234"\n',
      asked: true,
      zh: "金额用小数点，还是小数逗号？",
      en: "Decimal point or decimal comma?",
    },
  },
  "files with wrong rows": {
    "duplicate.csv": { rows: ["C001,INV-2,2026-10-08,2026-11-08,1.00", "C001,INV-2,2026-10-08,2026-11-08,2.00"], line: 3, zh: "INV-2 在第 2 行也有，内容不同", en: "INV-2 stands in line 2 too, with other figures" },
    "other amount.csv": { rows: ["C001,INV-1,2026-10-08,2026-11-30,999.00"], line: 2, zh: "INV-1 在账簿里是 ¥1,000.00，文件里是 ¥999.00", en: "INV-1 is in the book with CNY 1,000.00, in the file with CNY 999.00" },
    "stranger.csv": { rows: ["C001,INV-2,2026-10-08,2026-11-08,1.00", "C999,INV-3,2026-10-08,2026-11-08,1.00"], line: 3, zh: "账簿里没有客户“C999”", en: "customer “C999” is not in the book" },
    "formula.csv": { rows: ["C001,INV-2,2026-10-08,2026-11-08,=SUM(E1:E9)"], line: 2, zh: "“=SUM(E1:E9)”是公式", en: "“=SUM(E1:E9)” is a formula" },
    "hidden formula.csv": { rows: ['C001,"=HYPERLINK(""http://x"")",2026-10-08,2026-11-08,1.00'], line: 2, zh: "是公式。请粘贴成数值", en: "is a formula. Paste values" },
    "fraction.csv": { rows: ["C001,INV-2,2026-10-08,2026-11-08,10.50", "C001,INV-3,2026-10-08,2026-11-08,1.005"], line: 3, zh: "最多 2 位小数", en: "has 2 decimals at most" },
    "no day.csv": { rows: ["C001,INV-2,2026-02-30,2026-11-08,1.00"], line: 2, zh: "“2026-02-30”不是日期", en: "“2026-02-30” is no date" },
    "comma.csv": { rows: ["C001,INV-2,2026-10-08,2026-11-08,1,250.00"], line: 2, zh: "这一行有 6 格，表头有 5 列", en: "the row has 6 cells, the table 5 columns" },
  },
};
for (const [what, files] of Object.entries(bad)) {
  test(`each says why in both languages and changes nothing: ${what}`, async ({ page, edge }) => {
    test.setTimeout(180_000);
    const book = await Book.create(edge, `import-page-${++last}`, { demo_today: "2026-11-20" });
    const [known] = await book.customers({ code: "C001" });
    await book.facts(charged(known.id, "INV-1", "2026-10-08", "2026-11-30", 1000));
    const finance = await book.signIn("finance");
    const before = await held(book, finance);
    await atImport(page, book);
    for (const [name, { content, megabytes, rows, line, asked, zh, en }] of Object.entries(files)) {
      await test.step(name, async () => {
        if (megabytes) {
          const path = test.info().outputPath(name);
          writeFileSync(path, Buffer.alloc(megabytes * 1024 * 1024, "a,b\n"));
          await choose(page, path);
        } else {
          await choose(page, name, content ?? `customer,invoice number,date,due date,amount\n${rows.join("\n")}\n`);
        }
        let said = page.getByRole("alert");
        if (asked) said = page.getByRole("region", { name: /还要回答|To be answered/ });
        if (rows) {
          // What is wrong with a row by itself is said at once, the rest when the book is asked.
          said = page.getByRole("row", { name: new RegExp(`^${line} `) }).filter({ hasText: /错误|Error/ });
          const ask = page.getByRole("button", { name: "对照账簿预检" });
          if (await ask.isEnabled()) await ask.click();
        }
        await expect(said).toContainText(zh);
        if (name === Object.keys(files)[0]) await checkAccess(page);
        await page.getByRole("button", { name: "English" }).click();
        await expect(said).toContainText(en);
        if (rows) await expect(page.locator(".import-foot")).toContainText("nothing of the file is imported");
        if (asked) await expect(page.getByRole("button", { name: "Check against the book" })).toBeDisabled();
        await expect(page.getByRole("button", { name: /^Import \d/ })).toHaveCount(0);
        await page.getByRole("button", { name: "中文" }).click();
        const other = page.getByRole("button", { name: "换一个文件" }).first();
        if (await other.isVisible()) await other.click();
        expect(await held(book, finance), name).toEqual(before);
      });
    }
  });
}

test("GBK is read, and a list of open items asks for its day", async ({ page, edge }) => {
  await open(page, edge);
  // 客户编号,发票号,日期,到期日,余额 in GBK.
  const head = Buffer.from("bfcdbba7b1e0bac52cb7a2c6b1bac52cc8d5c6da2cb5bdc6dac8d52cd3e0b6ee0a", "hex");
  await choose(page, "gbk.csv", Buffer.concat([head, Buffer.from("C1,1,2026-10-01,2026-11-01,10.00\n")]));
  await expect(page.getByText("GBK / GB18030")).toBeVisible();
  await expect(page.getByText("清单是哪一天导出的？")).toBeVisible();
  await page.getByLabel(/清单日期/).fill("2026-11-19");
  await expect(page.getByText("清单是哪一天导出的？")).toBeHidden();
});

test("in English; others look on", async ({ page, edge }) => {
  await open(page, edge, "auditor");
  await expect(page.locator('input[type="file"]')).toHaveCount(0);
  await expect(page.getByText("还没有导入过")).toBeVisible();
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByText("Nothing has been imported yet")).toBeVisible();
  await checkAccess(page);
  await page.getByRole("button", { name: "中文" }).click();
});

test("a file with limits waits for a second person, who records it from the list", async ({ page, edge, browser }) => {
  const book = await open(page, edge);
  await choose(page, "limits.csv", "客户编号,客户名称,信用额度\nN1,新客一,600000\nN2,新客二,100\n");
  await check(page);
  await page.getByRole("button", { name: /^确认导入/ }).click();
  await expect(page.getByText("这份文件带额度、账期或状态，要由有审批权的另一人导入")).toBeVisible();
  await checkAccess(page);
  await page.getByRole("button", { name: "换一个文件" }).click();
  await expect(page.getByRole("row", { name: /limits\.csv/ })).toContainText("待确认");
  expect((await book.testing("counts")).body.customer).toBe("0");

  const other = await browser.newContext({ locale: "zh-CN", timezoneId: "Asia/Shanghai", baseURL: edge.url });
  const manager = await other.newPage();
  await atImport(manager, book, "manager");
  await manager.getByRole("row", { name: /limits\.csv/ }).getByRole("button", { name: "导入" }).click();
  const asked = manager.getByRole("dialog", { name: "导入“limits.csv”？" });
  await expect(asked).toContainText("李财务 预检了它");
  await expect(asked.locator("dt", { hasText: "额度和账期" }).locator("+ dd")).toHaveText("2");
  await expect(asked.getByRole("listitem")).toHaveText(["新客一 ¥600,000.00", "新客二 ¥100.00"]);
  await checkAccess(manager);
  await asked.getByRole("button", { name: "导入" }).click();
  await expect(manager.getByRole("row", { name: /limits\.csv/ })).toContainText("已导入");
  expect((await book.testing("counts")).body.customer).toBe("2");
  await other.close();
});
