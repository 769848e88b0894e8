// Bringing files in: what they would do is shown first, then all of it is recorded or nothing. Good files in the forms that
// programs write, every kind of bad file, the same file twice, a list of open items a month later, and a power cut.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

const TODAY = "2026-11-20";
let last = 0;

/** A fresh book whose date stands still, and its finance clerk. */
async function begin() {
  const book = await Book.create(edge, `import-${++last}`, { demo_today: TODAY });
  return { book, finance: await book.signIn("finance") };
}

/** Sends a file as the page does. */
async function stage(caller, bytes, { id = randomUUID(), name = "file.csv", key = randomUUID(), ...query } = {}) {
  const given = { id, name, ...query };
  if (given.mapping) given.mapping = JSON.stringify(given.mapping);
  const response = await edge.fetch(`/api/v1/imports?${new URLSearchParams(given)}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", "idempotency-key": key, ...(caller && { cookie: caller.cookie }) },
    body: bytes,
  });
  return { status: response.status, body: await response.json() };
}

const commit = (caller, id, key) => caller.write("POST", `imports/${id}/commit`, undefined, key);

/** What the book would do with a file, with some of its choices made by hand. */
async function chosen(caller, bytes, choices, query) {
  const first = await stage(caller, bytes, query);
  if (first.status !== 200) throw new Error(JSON.stringify(first.body));
  const mapping = { ...first.body.mapping, choices: { ...first.body.mapping.choices, ...choices } };
  await caller.write("DELETE", `imports/${first.body.import}`);
  return stage(caller, bytes, { ...query, mapping });
}

/** Stages and records; the customers that the book doesn't know are made. What brings limits along takes a second person. */
async function bring(caller, bytes, choices = {}, query = {}, second = caller) {
  const staged = await chosen(caller, bytes, { unknown_customers: "create", ...choices }, query);
  assert.equal(staged.status, 200, JSON.stringify(staged.body));
  const recorded = await commit(second, staged.body.import);
  assert.equal(recorded.status, 200, JSON.stringify(recorded.body));
  return recorded.body;
}

const counts = async (book) => {
  const { fact, item, receipt, customer, import_part, import_plan } = (await book.testing("counts")).body;
  return { fact: +fact, item: +item, receipt: +receipt, customer: +customer, import_part: +import_part, import_plan: +import_plan };
};
const NOTHING = { fact: 0, item: 0, receipt: 0, customer: 0, import_part: 0, import_plan: 0 };

const CUSTOMERS = `客户编号,客户名称,业务员,账期,信用额度
C001,宁波恒茂进出口有限公司,sales,月结30天,800000
C002,杭州启明光电有限公司,sales2,票结60天,不限额
`;

// Every row is due 30 days after its date; rows 3 and 4 can only be day/month/year.
const DMY = `invoiceNumber,customerID,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate
1001,A-1,03/01/2012,02/02/2012,"1,250.40",No,23/01/2012
1002,A-1,25/07/2012,24/08/2012,99.60,No,
1003,B-2,13/08/2012,12/09/2012,310.00,Yes,
`;
const mdy = (text) => text.replace(/(\d\d)\/(\d\d)\/(\d{4})/g, (_, day, month, year) => `${+month}/${+day}/${year}`);

test("customers, receivables and receipts come in, one after the other", async () => {
  const { book, finance } = await begin();
  const director = await book.signIn("director");
  const customers = await bring(finance, CUSTOMERS, { unknown_customers: "refuse" }, {}, director);
  assert.deepEqual([customers.summary.new_customers, customers.summary.grants], [2, 4]);

  const receivables = "客户编号,发票号,开票日期,到期日,价税合计,提单号\nC001,INV-1,2026-10-08,2026-11-30,1000.00,OOLU123\nC001,INV-2,2026-11-03,2026-12-30,250.50,\nC002,INV-3,2026-11-03,2027-01-02,80.00,\n";
  const staged = await stage(finance, receivables);
  assert.equal(staged.status, 200, JSON.stringify(staged.body));
  assert.deepEqual(staged.body.summary.totals.CNY.charged, { amount: "1330.50", currency: "CNY" });
  // Nothing of a staged file can be seen.
  assert.equal((await counts(book)).item, 0);
  const recorded = await commit(finance, staged.body.import);
  assert.equal(recorded.body.summary.new_items, 3);

  const receipts = await bring(finance, "客户编号,到账日期,到账金额,银行流水号,核销发票号\nC001,2026-11-10,600.00,B-77,INV-1\n");
  assert.deepEqual([receipts.summary.receipts, receipts.summary.allocations], [1, 1]);
  assert.deepEqual(await counts(book), { fact: 4 + 3 + 2, item: 3, receipt: 1, customer: 2, import_part: 0, import_plan: 0 });
  assert.deepEqual((await book.testing("verify")).body.differing, []);

  const { imports, mappings } = (await finance.get("imports")).body;
  assert.deepEqual(imports.map(({ kind, state, by }) => [kind, state, by]), [
    ["receipts", "recorded", "李财务"],
    ["receivables", "recorded", "李财务"],
    ["customers", "recorded", "赵总"],
  ]);
  assert.equal(mappings.length, 3);
});

test("day and month are told by evidence, thousands marks and settled invoices are read", async () => {
  for (const [text, order] of [[DMY, "day_first"], [mdy(DMY), "month_first"]]) {
    const { finance } = await begin();
    const { status, body } = await chosen(finance, text, { unknown_customers: "create" });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.dates.verdict, { verdict: "decided", order });
    assert.deepEqual([body.summary.new_items, body.summary.settled, body.summary.disputes], [3, 1, 1]);
    assert.equal(body.summary.totals.CNY.charged.amount, "1660.00");
    assert.equal(body.new_customers.length, 2);
  }
});

test("GBK, UTF-8 with a mark and UTF-16 read the same", async () => {
  const { finance } = await begin();
  const table = "客户编号,客户名称\nC001,宁波\n";
  // 客户编号,客户名称 and 宁波 in GBK.
  const gbk = Buffer.from("bfcdbba7b1e0bac52cbfcdbba7c3fbb3c60a433030312cc4feb2a80a", "hex");
  const encodings = {
    gb18030: gbk,
    utf8_bom: Buffer.concat([Buffer.from("efbbbf", "hex"), Buffer.from(table)]),
    utf16_le: Buffer.concat([Buffer.from("fffe", "hex"), Buffer.from(table, "utf16le")]),
  };
  for (const [encoding, bytes] of Object.entries(encodings)) {
    const { status, body } = await stage(finance, bytes);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.encoding, encoding);
    assert.equal(body.new_customers[0].name, "宁波");
  }
});

test("the same file twice adds nothing, under another name and in another order too", async () => {
  const { book, finance } = await begin();
  const first = await bring(finance, DMY);
  const then = await counts(book);
  const [head, ...rows] = DMY.trim().split("\n");
  for (const text of [DMY, [head, ...rows.reverse()].join("\r\n")]) {
    const { body } = await stage(finance, text, { name: "again.csv" });
    const { new_items, settled, disputes, new_customers, unchanged } = body.summary;
    assert.deepEqual({ new_items, settled, disputes, new_customers, unchanged }, { new_items: 0, settled: 0, disputes: 0, new_customers: 0, unchanged: 3 });
    const again = await commit(finance, body.import);
    assert.equal(again.body.feed, first.feed);
  }
  assert.deepEqual(await counts(book), then);
});

test("a write that is sent again happens once", async () => {
  const { book, finance } = await begin();
  const [key, id] = [randomUUID(), randomUUID()];
  const mapping = (await chosen(finance, DMY, { unknown_customers: "create" })).body.mapping;
  const first = await stage(finance, DMY, { id, key, mapping });
  assert.deepEqual((await stage(finance, DMY, { id, key, mapping })).body, first.body);
  const commitKey = randomUUID();
  const recorded = await commit(finance, id, commitKey);
  assert.deepEqual((await commit(finance, id, commitKey)).body, recorded.body);
  assert.equal((await commit(finance, id)).body.code, "import_recorded");
  assert.equal((await stage(finance, DMY, { id, mapping })).body.code, "import_recorded");
  assert.equal((await counts(book)).item, 3);
});

const GOOD = "customer,invoice number,date,due date,amount\nC001,INV-1,2026-10-08,2026-11-30,1000.00\n";
const refusals = {
  "an empty file": { bytes: "", code: "empty" },
  "a file of blank lines": { bytes: "\r\n\r\n  \r\n", code: "empty" },
  "a broken workbook": { bytes: Buffer.from("504b0304140006000800", "hex"), code: "broken_workbook" },
  "an old workbook": { bytes: Buffer.from("d0cf11e0a1b11ae10000", "hex"), code: "binary" },
  "a picture": { bytes: Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), code: "binary" },
  "broken characters": { bytes: Buffer.from("637573746f6d65722cff31ff0a", "hex"), code: "broken_encoding" },
  "no table": { bytes: "just a line of text\n", code: "no_table" },
  "an open quotation mark": { bytes: `${GOOD}C001,"INV-2,2026-10-08,2026-11-30,1\n`, code: "unclosed_quote" },
};
for (const [what, { bytes, code }] of Object.entries(refusals)) {
  test(`refused as a whole: ${what}`, async () => {
    const { book, finance } = await begin();
    const { status, body } = await stage(finance, bytes);
    assert.equal(status, 422, JSON.stringify(body));
    assert.equal(body.code, "import_file");
    assert.equal(JSON.parse(body.values.error).code, code);
    assert.ok(body.detail.length > 10);
    assert.deepEqual(await counts(book), NOTHING);
  });
}

test("a file of 50 MB is refused with its size and the limit", async () => {
  const { book, finance } = await begin();
  const { status, body } = await stage(finance, Buffer.alloc(50 * 1024 * 1024, "a,b\n"));
  assert.equal(status, 413);
  assert.deepEqual(JSON.parse(body.values.error), { code: "too_large", bytes: 50 * 1024 * 1024, max: 32 * 1024 * 1024 });
  assert.deepEqual(await counts(book), NOTHING);
});

const questions = {
  "wrong columns": { bytes: "colour,shape,weight\nred,round,3\nblue,square,4\n", ask: "column" },
  "dates that read both ways": { bytes: "customer,invoice number,date,due date,amount\nC1,1,03/04/2012,05/06/2012,10.00\nC1,2,04/05/2012,06/07/2012,10.00\n", ask: "date_order" },
  "a list of open items without its day": { bytes: "customer,invoice number,date,due date,open balance\nC1,1,2026-10-01,2026-11-01,10.00\n", ask: "as_of" },
};
for (const [what, { bytes, ask }] of Object.entries(questions)) {
  test(`asked, never guessed: ${what}`, async () => {
    const { book, finance } = await begin();
    const { status, body } = await stage(finance, bytes);
    assert.equal(status, 422, JSON.stringify(body));
    assert.equal(body.code, "import_questions");
    assert.ok(JSON.parse(body.values.questions).some(({ question }) => question === ask), body.values.questions);
    assert.deepEqual(await counts(book), NOTHING);
  });
}

const wrongRows = {
  "a number twice with different amounts": { rows: "C001,INV-1,2026-10-08,2026-11-30,999.00", line: 3, code: "duplicate_differs" },
  "a customer that the book doesn't know": { rows: "C999,INV-2,2026-10-08,2026-11-30,1.00", line: 3, code: "unknown_customer" },
  "a formula": { rows: "C001,INV-2,2026-10-08,2026-11-30,=SUM(E2:E2)", line: 3, code: "formula" },
  "a formula for a number": { rows: "C001,\"=HYPERLINK(\"\"http://x\"\")\",2026-10-08,2026-11-30,1.00", line: 3, code: "formula" },
  "an amount with too many decimals": { rows: "C001,INV-2,2026-10-08,2026-11-30,1.005", line: 3, code: "too_many_decimals" },
  "a date that isn't there": { rows: "C001,INV-2,2026-02-30,2026-11-30,1.00", line: 3, code: "not_a_date" },
  "a date after today": { rows: "C001,INV-2,2026-12-08,2026-12-30,1.00", line: 3, code: "in_future" },
  "a comma too many": { rows: "C001,INV-2,2026-10-08,2026-11-30,1,250.00", line: 3, code: "cell_count" },
};
for (const [what, { rows, line, code }] of Object.entries(wrongRows)) {
  test(`a row is wrong, and nothing comes in: ${what}`, async () => {
    const { book, finance } = await begin();
    await book.customers({ code: "C001" });
    const { status, body } = await stage(finance, `${GOOD}${rows}\n`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.problems.errors, 1, JSON.stringify(body.problems));
    const [problem] = body.problems.listed;
    assert.deepEqual([problem.line, problem.severity, problem.what.code], [line, "error", code]);
    assert.equal((await commit(finance, body.import)).status, 404);
    assert.deepEqual(await counts(book), { ...NOTHING, customer: 1 });
  });
}

test("a document that the book holds with another amount keeps the file out", async () => {
  const { book, finance } = await begin();
  await bring(finance, GOOD);
  const then = await counts(book);
  const { body } = await stage(finance, GOOD.replace("1000.00", "1000.01"));
  assert.equal(body.problems.listed[0].what.code, "book_amount_differs");
  assert.deepEqual(await counts(book), then);
});

test("a list of open items a month later settles, corrects and adds", async () => {
  const { book, finance } = await begin();
  const list = (rows) => `customer,invoice number,date,due date,amount,open balance\n${rows.join("\n")}\n`;
  const mapping = async (text, as_of) => {
    const asked = await stage(finance, text);
    assert.deepEqual(JSON.parse(asked.body.values.questions), [{ question: "as_of" }]);
    const proposed = JSON.parse(asked.body.values.mapping);
    return { ...proposed, choices: { ...proposed.choices, unknown_customers: "create", mode: { kind: "snapshot", as_of } } };
  };
  const bringList = async (text, as_of) => {
    const { status, body } = await stage(finance, text, { mapping: await mapping(text, as_of) });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.problems.errors, 0, JSON.stringify(body.problems));
    const recorded = await commit(finance, body.import);
    assert.equal(recorded.status, 200, JSON.stringify(recorded.body));
    return recorded.body.summary;
  };
  const october = list(["C1,1,2026-08-01,2026-08-31,100.00,100.00", "C1,2,2026-09-01,2026-10-01,200.00,150.00", "C1,3,2026-09-15,2026-10-15,50.00,50.00"]);
  const first = await bringList(october, "2026-10-20");
  assert.deepEqual([first.new_items, first.corrected], [3, 1]);

  // A month later 1 is gone, 2 is down to 20, 3 is as it was, 4 is new.
  const november = list(["C1,2,2026-09-01,2026-10-01,200.00,20.00", "C1,3,2026-09-15,2026-10-15,50.00,50.00", "C1,4,2026-11-01,2026-12-01,70.00,70.00"]);
  const second = await bringList(november, TODAY);
  assert.deepEqual([second.new_items, second.settled, second.corrected, second.unchanged], [1, 1, 1, 1]);
  assert.deepEqual(second.totals.CNY.settled, { amount: "230.00", currency: "CNY" });
  const again = await bringList(november, TODAY);
  assert.deepEqual([again.new_items, again.settled, again.corrected, again.unchanged], [0, 0, 0, 3]);
  assert.deepEqual((await book.testing("verify")).body.differing, []);

  // An older list comes too late.
  const { status, body } = await stage(finance, october, { mapping: await mapping(october, "2026-10-20") });
  assert.equal(status, 422);
  assert.equal(JSON.parse(body.values.error).code, "as_of_too_old");
});

test("what the book learned meanwhile is looked at again before anything is recorded", async () => {
  const { book, finance } = await begin();
  const known = await book.customers({ code: "C001" });
  // Something that doesn't touch the file: the plan is made again, comes out the same and is recorded.
  const staged = await stage(finance, GOOD);
  await bring(finance, DMY);
  assert.equal((await commit(finance, staged.body.import)).status, 200);

  // The document came in by another way: the file would now do something else than was shown.
  const two = GOOD.replace("INV-1", "INV-2");
  const waiting = await stage(finance, two);
  await book.facts({
    customer: known[0].id,
    date: "2026-10-08",
    fact: { kind: "charged", id: randomUUID(), document: "invoice", number: "INV-2", due: "2026-11-30", amount: { amount: "1000.00", currency: "CNY" } },
  });
  const moved = await commit(finance, waiting.body.import);
  assert.deepEqual([moved.status, moved.body.code], [409, "import_moved"]);
  assert.equal(JSON.parse(moved.body.values.preview).summary.unchanged, 1);

  // … and with another amount it is refused, with the row that is wrong.
  const three = GOOD.replace("INV-1", "INV-3");
  const third = await stage(finance, three);
  await book.facts({
    customer: known[0].id,
    date: "2026-10-08",
    fact: { kind: "charged", id: randomUUID(), document: "invoice", number: "INV-3", due: "2026-11-30", amount: { amount: "1.00", currency: "CNY" } },
  });
  const refused = await commit(finance, third.body.import);
  assert.deepEqual([refused.status, refused.body.code], [409, "import_refused"]);
  assert.equal(JSON.parse(refused.body.values.preview).problems.listed[0].line, 2);
  assert.equal((await finance.write("DELETE", `imports/${third.body.import}`)).status, 204);
});

const undo = (caller, id, key) => caller.write("POST", `imports/${id}/undo`, undefined, key);

test("an import is undone as if it had never been, and can come in again", async () => {
  const { book, finance } = await begin();
  await bring(finance, GOOD);
  const ledger = async () => {
    const { columns } = (await finance.get("journal")).body;
    const { customers } = (await finance.get("sync?since=0")).body;
    return { columns, standings: customers.map(({ standing: { feed: _, ...standing } }) => standing) };
  };
  // Customers stay when an import is undone, so that they are there before.
  await book.customers({ code: "A-1" }, { code: "B-2" });
  const before = await ledger();
  const then = await counts(book);
  const file = `${DMY}INV-9,C001,25/07/2012,24/08/2012,5.00,No,\n`;
  const recorded = await bring(finance, file);
  const during = await ledger();
  assert.notDeepEqual(during, before);

  // A retry happens once; a second undo is refused.
  const key = randomUUID();
  const { status, body } = await undo(finance, recorded.import, key);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual((await undo(finance, recorded.import, key)).body, body);
  assert.equal((await undo(finance, recorded.import)).body.code, "import_undone");

  // Nothing of it is left but the facts themselves, and one withdrawal for each of the three ledgers.
  const { columns, standings } = await ledger();
  const names = (of) => of.columns.customers;
  assert.deepEqual(standings, before.standings);
  for (const part of ["items", "allocations", "cash", "disputes"]) {
    const rows = ({ columns }) => (columns[part].minor ?? columns[part].date).toSorted();
    assert.deepEqual(rows({ columns }), rows(before), part);
  }
  assert.ok(names(before).every((id) => columns.customers.includes(id)));
  const now = await counts(book);
  assert.deepEqual(now, { ...then, fact: then.fact + body.facts + 3 });
  assert.deepEqual((await book.testing("verify")).body.differing, []);
  assert.deepEqual((await book.testing("verify")).body.journals, []);
  const [line] = (await finance.get("imports")).body.imports;
  assert.deepEqual([line.import, line.state, line.by], [recorded.import, "undone", "李财务"]);
  const { customer } = (await finance.get("sync?since=0")).body.customers.find(({ customer }) => customer.code === "A-1");
  const { facts, statement } = (await finance.get(`customers/${customer.id}/statement?from=2012-01-01&to=2012-12-31`)).body;
  assert.deepEqual([facts, statement.accounts], [[], []]);

  // The same file comes in again, and is as it was the first time.
  const again = await bring(finance, file);
  assert.equal(again.summary.new_items, 4);
  assert.deepEqual(await ledger(), during);
  assert.deepEqual((await book.testing("verify")).body.differing, []);
  assert.equal((await undo(finance, again.import)).status, 200);
  assert.deepEqual((await ledger()).standings, before.standings);
  assert.equal((await bring(finance, file)).summary.new_items, 4);
});

test("an import stays while something refers to it", async () => {
  const { book, finance } = await begin();
  const recorded = await bring(finance, GOOD);
  const receipts = await bring(finance, "客户编号,到账日期,到账金额,银行流水号,核销发票号\nC001,2026-11-10,600.00,B-77,INV-1\n");
  const then = await counts(book);
  const refused = await undo(finance, recorded.import);
  assert.deepEqual([refused.status, refused.body.code, refused.body.values.first], [409, "import_in_use", "INV-1"]);
  assert.deepEqual(await counts(book), then);

  // Backwards it goes: first the money, then the document.
  assert.equal((await undo(finance, receipts.import)).status, 200);
  assert.equal((await undo(finance, recorded.import)).status, 200);
  const left = await counts(book);
  assert.deepEqual([left.item, left.receipt, left.customer], [0, 0, 1]);
  assert.deepEqual((await book.testing("verify")).body.differing, []);

  // A dispute, and money recorded by hand.
  const again = await bring(finance, GOOD);
  const { customer } = (await finance.get("sync?since=0")).body.customers[0];
  const item = (await finance.get(`customers/${customer.id}/statement?from=2026-01-01&to=${TODAY}`)).body.statement.accounts[0].open[0].item;
  await book.facts({ customer: customer.id, date: TODAY, fact: { kind: "disputed", item, open: true } });
  assert.equal((await undo(finance, again.import)).body.code, "import_in_use");
});

test("a later file that held some of the same is undone first", async () => {
  const { book, finance } = await begin();
  const head = "customer id,invoice number,invoice date,due date,amount\n";
  const row = (number) => `C001,INV-${number},2026-10-0${number},2026-11-30,${number}0.00\n`;
  await book.customers({ code: "C001" });
  const first = await bring(finance, head + row(1) + row(2));
  const second = await bring(finance, head + row(2) + row(3));
  assert.deepEqual([second.summary.new_items, second.summary.unchanged], [1, 1]);
  const same = await bring(finance, head + row(1));
  assert.equal(same.summary.unchanged, 1);
  const then = await counts(book);
  for (const { import: id } of [first, second]) {
    const refused = await undo(finance, id);
    assert.deepEqual([refused.status, refused.body.code], [409, "import_compared"]);
  }
  assert.deepEqual(await counts(book), then);
  for (const { import: id } of [same, second, first]) assert.equal((await undo(finance, id)).status, 200);
  assert.equal(Number((await counts(book)).item), 0);
});

test("a list of open items is undone before what it was compared with", async () => {
  const { book, finance } = await begin();
  const recorded = await bring(finance, GOOD);
  const list = "customer,invoice number,date,due date,amount,open balance\nC001,INV-1,2026-10-08,2026-11-30,1000.00,400.00\nC001,INV-2,2026-11-01,2026-12-01,70.00,70.00\n";
  const asked = JSON.parse((await stage(finance, list)).body.values.mapping);
  const mapping = { ...asked, choices: { ...asked.choices, mode: { kind: "snapshot", as_of: TODAY } } };
  const staged = await stage(finance, list, { mapping });
  assert.equal((await commit(finance, staged.body.import)).status, 200);
  // It corrected INV-1 by an allocation of its own, and stands in the way twice over.
  assert.equal((await undo(finance, recorded.import)).body.code, "import_in_use");
  assert.equal((await undo(finance, staged.body.import)).status, 200);
  const open = async () => {
    const { standing } = (await finance.get("sync?since=0")).body.customers[0];
    return standing.open.map(({ amount }) => amount.amount);
  };
  assert.deepEqual(await open(), ["1000.00"]);
  // A list that found everything in order refers to nothing, and was still compared with it. An older one is late no more.
  const older = { ...asked, choices: { ...asked.choices, mode: { kind: "snapshot", as_of: "2026-11-01" } } };
  const same = await stage(finance, "customer,invoice number,date,due date,amount,open balance\nC001,INV-1,2026-10-08,2026-11-30,1000.00,1000.00\nC001,INV-3,2026-10-09,2026-12-01,70.00,70.00\n", { mapping: older });
  assert.equal((await commit(finance, same.body.import)).status, 200, JSON.stringify(same.body));
  const refused = await undo(finance, recorded.import);
  assert.deepEqual([refused.status, refused.body.code, refused.body.values.name], [409, "import_compared", "file.csv"]);
  assert.equal((await undo(finance, same.body.import)).status, 200);
  assert.equal((await undo(finance, recorded.import)).status, 200);
  assert.deepEqual(await open(), []);
  assert.deepEqual((await book.testing("verify")).body.differing, []);
});

test("files of customers are not undone, nor what isn't recorded", async () => {
  const { book, finance } = await begin();
  const director = await book.signIn("director");
  const recorded = await bring(finance, CUSTOMERS, { unknown_customers: "refuse" }, {}, director);
  assert.deepEqual([(await undo(finance, recorded.import)).status, (await counts(book)).customer], [409, 2]);
  const { body } = await stage(finance, "客户编号,发票号,开票日期,到期日,价税合计\nC001,1,2026-10-08,2026-11-30,1.00\n");
  assert.equal((await undo(finance, body.import)).status, 404);
  assert.equal((await undo(finance, randomUUID())).status, 404);
});

test("a staged file can be taken back, a recorded one stays", async () => {
  const { book, finance } = await begin();
  const { body } = await chosen(finance, DMY, { unknown_customers: "create" });
  assert.equal((await finance.write("DELETE", `imports/${body.import}`)).status, 204);
  assert.deepEqual(await counts(book), NOTHING);
  assert.equal((await commit(finance, body.import)).status, 404);

  const recorded = await bring(finance, DMY);
  const late = await finance.write("DELETE", `imports/${recorded.import}`);
  assert.deepEqual([late.status, late.body.code], [409, "import_recorded"]);
  assert.equal((await counts(book)).item, 3);
});

test("only finance brings files in; the stage has no door of its own", async () => {
  const { book } = await begin();
  assert.equal((await stage(undefined, GOOD)).status, 401);
  for (const login of ["sales", "officer", "manager", "auditor", "admin"]) {
    const caller = await book.signIn(login);
    assert.equal((await stage(caller, GOOD)).status, 403, login);
    // Who may grant limits records what brings them along, and finds nothing else here.
    const grants = ["officer", "manager"].includes(login);
    assert.equal((await caller.write("POST", `imports/${randomUUID()}/commit`)).status, grants ? 404 : 403, login);
    assert.equal((await undo(caller, randomUUID())).status, 403, login);
  }
  assert.equal((await (await book.signIn("auditor")).get("imports")).status, 200);
  const finance = await book.signIn("finance");
  for (const path of ["stage/setting", `stage/part?import=${randomUUID()}&part=1`]) {
    assert.equal((await finance.write("POST", path, [])).status, 404);
  }
  assert.deepEqual(await counts(book), NOTHING);
});

test("a power cut while a file is recorded leaves all of it or nothing", async () => {
  const { book, finance } = await begin();
  const rows = Array.from({ length: 4000 }, (_, i) => `C${i % 100},INV-${i},2026-10-08,2026-11-30,${i + 1}.00`);
  const big = `customer,invoice number,date,due date,amount\n${rows.join("\n")}\n`;
  const { body } = await chosen(finance, big, { unknown_customers: "create" });
  assert.equal(body.summary.new_items, 4000, JSON.stringify(body.problems));
  for (let attempt = 0; attempt < 8; attempt++) {
    const key = randomUUID();
    const answer = commit(finance, body.import, key).catch(() => undefined);
    await new Promise((wait) => setTimeout(wait, 20 + attempt * 60));
    await edge.kill();
    const told = await answer;
    await edge.restart();
    const { item, customer, fact } = await counts(book);
    const whole = item === 4000;
    assert.deepEqual({ item, customer, fact }, whole ? { item: 4000, customer: 100, fact: 4000 } : { item: 0, customer: 0, fact: 0 });
    // What was acknowledged is there.
    if (told?.status === 200) assert.ok(whole);
    if (whole) break;
  }
  const then = await commit(finance, body.import);
  assert.ok(then.status === 200 || then.body.code === "import_recorded", JSON.stringify(then.body));
  assert.equal((await counts(book)).item, 4000);
  assert.deepEqual((await book.testing("verify")).body.differing, []);
});
