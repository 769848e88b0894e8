// Workbooks as imports, and banks' files: into the pool of receipts to be claimed, once; proposals with reasons; claimed by a
// person into a customer's ledger, or set aside.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, charged, newId, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";
import { formula, serial, workbook, zip } from "../tools/xlsx.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

const TODAY = "2026-11-20";
let last = 0;

async function begin() {
  const book = await Book.create(edge, `bank-${++last}`, { demo_today: TODAY });
  return { book, finance: await book.signIn("finance") };
}

/** Sends a file as the page does. */
async function send(caller, path, bytes, { id = randomUUID(), name = "file", key = randomUUID(), ...query } = {}) {
  const given = { id, name, ...query };
  if (given.mapping) given.mapping = JSON.stringify(given.mapping);
  const response = await edge.fetch(`/api/v1/${path}?${new URLSearchParams(given)}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", "idempotency-key": key, ...(caller && { cookie: caller.cookie }) },
    body: bytes,
  });
  return { status: response.status, body: await response.json() };
}
const problem = (answer) => [answer.status, answer.body.code, answer.body.values?.error && JSON.parse(answer.body.values.error)];
const counts = async (book) => {
  const { fact, receipt, pool, bank_entries, bank_file } = (await book.testing("counts")).body;
  return { fact: +fact, receipt: +receipt, pool: +pool, bank_entries: +bank_entries, bank_file: +bank_file };
};

const ROWS = [
  ["应收账款明细"],
  ["客户编号", "客户名称", "单据", "", "到期日", "金额"],
  ["", "", "发票号", "开票日期"],
  ["C001", "宁波恒茂进出口有限公司", "00017", serial("2026-10-08"), "2026年11月30日", 1250.4000000000001],
  ["", "", "00018", serial("2026-11-03"), "2026/12/30", "９９．６０"],
  ["C002", "杭州启明光电有限公司", "00019", serial("2026-11-03"), "20270102", formula("E4*1", 80)],
  ["合计", "", "", "", "", formula("SUM(F4:F6)", 1430)],
];
const MERGED = ["A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "A4:A5", "B4:B5"];

test("a workbook comes in as its sheet reads: merged headings and customers, serial days, full-width digits, cached formulas", async () => {
  const { book, finance } = await begin();
  const bytes = workbook({ 说明: [], 明细: ROWS }, MERGED);
  const first = await send(finance, "imports", bytes, { name: "明细.xlsx" });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.deepEqual([first.body.encoding, first.body.mapping.sheet, first.body.mapping.header_line], ["workbook", "明细", 3]);
  const mapping = { ...first.body.mapping, choices: { ...first.body.mapping.choices, unknown_customers: "create" } };
  const staged = await send(finance, "imports", bytes, { name: "明细.xlsx", mapping });
  assert.equal(staged.status, 200, JSON.stringify(staged.body));
  assert.deepEqual([staged.body.summary.new_items, staged.body.summary.new_customers, staged.body.problems.errors], [3, 2, 0]);
  assert.deepEqual(staged.body.summary.totals.CNY.charged, yuan(1430));
  assert.equal((await finance.write("POST", `imports/${staged.body.import}/commit`)).status, 200);
  // The same table as CSV adds nothing to it.
  const csv = "客户编号,客户名称,发票号,开票日期,到期日,金额\nC001,宁波恒茂进出口有限公司,00017,2026-10-08,2026-11-30,1250.40\n";
  const again = await send(finance, "imports", csv);
  assert.deepEqual([again.body.summary.new_items, again.body.summary.unchanged], [0, 1]);
  assert.deepEqual((await book.testing("verify")).body.differing, []);
});

test("of several sheets one is chosen, and bad workbooks are named", async () => {
  const { book, finance } = await begin();
  const table = [["客户编号", "客户名称"], ["C001", "宁波恒茂"]];
  const two = workbook({ 一月: table, 二月: [...table, ["C002", "杭州启明"]] });
  assert.deepEqual(problem(await send(finance, "imports", two)), [422, "import_file", { code: "which_sheet", sheets: ["一月", "二月"] }]);
  const chosen = await send(finance, "imports", two, { sheet: "二月" });
  assert.deepEqual([chosen.status, chosen.body.summary.new_customers], [200, 2]);
  assert.deepEqual(problem(await send(finance, "imports", two, { sheet: "三月" })), [422, "import_file", { code: "no_sheet", sheet: "三月" }]);
  const whole = workbook({ S: table });
  assert.deepEqual(problem(await send(finance, "imports", whole.subarray(0, whole.length - 40))), [422, "import_file", { code: "broken_workbook", part: "zip" }]);
  const locked = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(504), Buffer.from("EncryptedPackage", "utf16le")]);
  assert.deepEqual(problem(await send(finance, "imports", locked)), [422, "import_file", { code: "encrypted_workbook" }]);
  assert.deepEqual(problem(await send(finance, "imports", zip({ "content.xml": "<x/>" }))), [422, "import_file", { code: "binary", what: "workbook" }]);
  // 400 MB of tags in a file of some 400 kB.
  const bomb = zip({
    "xl/workbook.xml": '<workbook><sheets><sheet name="S" r:id="r"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": `<worksheet>${"<a></a>".repeat(60_000_000)}</worksheet>`,
  });
  assert.ok(bomb.length < 2 * 1024 * 1024, `${bomb.length}`);
  assert.deepEqual(problem(await send(finance, "imports", bomb)), [422, "import_file", { code: "workbook_too_large", max: 256 * 1024 * 1024 }]);
  assert.equal((await send(finance, "imports", Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(17 * 1024 * 1024)]))).status, 413);
  assert.equal((await counts(book)).fact, 0);
  assert.equal((await finance.get("session")).status, 200);
});

const MT940 = `:20:1
:25:BKCHCNBJ/3502
:60F:C261119CNY0,
:61:261120C25000,50NTRFREF//B1
:86:/ORDP//NAME/宁波恒茂进出口有限公司/IBAN/331234567890/REMI/INV-1001 货款
:61:261120D200,NCHGNONREF//B2
:86:FEE
:61:261120C77,NTRFNONREF//B3
:86:INTEREST
:62F:C261120CNY24877,50
-
`;
const CAMT = `<?xml version="1.0"?><Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>DE1</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-19</Dt></BookgDt><AcctSvcrRef>X1</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>ACME</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>`;

/** Stages a bank's file and records it. */
async function bring(caller, bytes, query) {
  const staged = await send(caller, "bank", bytes, query);
  assert.equal(staged.status, 200, JSON.stringify(staged.body));
  const recorded = await caller.write("POST", `bank/${staged.body.file}/commit`);
  assert.equal(recorded.status, 200, JSON.stringify(recorded.body));
  return { ...staged.body, recorded: recorded.body };
}

/** Customers with open documents. */
async function owing(book) {
  const [hengmao, qiming] = await book.customers(
    { code: "C001", name: "宁波恒茂进出口有限公司", salesperson: book.people.sales },
    { code: "C002", name: "杭州启明光电有限公司", salesperson: book.people.sales2 },
  );
  const documents = [
    charged(hengmao.id, "INV-1001", "2026-10-08", "2026-11-08", 25_000.5),
    charged(hengmao.id, "INV-1002", "2026-10-09", "2026-11-09", 300),
    charged(qiming.id, "INV-2001", "2026-10-10", "2026-11-10", 77),
  ];
  await book.facts(...documents);
  return { hengmao, qiming, documents: documents.map(({ fact }) => fact.id) };
}

test("what came in goes into the pool once, whatever the form; what went out is listed with its reason", async () => {
  const { book, finance } = await begin();
  const staged = await send(finance, "bank", MT940);
  assert.equal(staged.status, 200, JSON.stringify(staged.body));
  const { format, tied_out, entries, passed, totals, listed } = staged.body;
  assert.deepEqual({ format, tied_out, entries, passed, new: staged.body.new }, { format: "mt940", tied_out: 1, entries: 3, passed: { went_out: 1 }, new: 2 });
  assert.deepEqual([totals.CNY, listed[0].money.payer, listed[0].money.account, listed[0].reference], [yuan(25_077.5), "宁波恒茂进出口有限公司", "331234567890", "B1"]);
  // Nothing of it is in the pool before it is recorded.
  assert.deepEqual((await finance.get("pool")).body.receipts, []);
  const key = randomUUID();
  const recorded = await finance.write("POST", `bank/${staged.body.file}/commit`, undefined, key);
  assert.deepEqual([recorded.status, recorded.body.new], [200, 2]);
  assert.deepEqual((await finance.write("POST", `bank/${staged.body.file}/commit`, undefined, key)).body, recorded.body);
  assert.equal((await finance.write("POST", `bank/${staged.body.file}/commit`)).body.code, "bank_recorded");

  const pool = (await finance.get("pool")).body;
  assert.deepEqual([pool.waiting, pool.totals, pool.receipts.length, pool.files[0].new], [2, { CNY: yuan(25_077.5) }, 2, 2]);
  // The same file again, and the same entries in the bank's table and workbook.
  const head = ["交易日期", "交易流水号", "收入", "支出", "对方户名"];
  const rows = [head, [serial("2026-11-20"), "B1", 25000.5, "", "宁波恒茂"], ["20261120", "B9", "", 5, ""], ["2026-11-20", "B4", 1, "", "新客户"]];
  const csv = rows.map((row) => row.map((cell) => (cell.day ? "2026-11-20" : cell)).join(",")).join("\n");
  for (const [bytes, expected] of [[MT940, 0], [csv, 1], [workbook({ 流水: rows }), 1]]) {
    const { body } = await send(finance, "bank", bytes);
    assert.equal(body.new, expected, JSON.stringify(body));
    assert.ok(body.passed.known >= 1);
  }
  const camt = await bring(finance, CAMT);
  assert.deepEqual([camt.format, camt.new, camt.listed[0].money.payer], ["camt053", 1, "ACME"]);
  assert.deepEqual(await counts(book), { fact: 0, receipt: 0, pool: 3, bank_entries: (await counts(book)).bank_entries, bank_file: 5 });
});

test("a file that cannot be taken keeps the pool as it is", async () => {
  const { book, finance } = await begin();
  assert.deepEqual(problem(await send(finance, "bank", MT940.replace("24877,50", "24877,51"))), [
    422, "bank_file", { code: "balance", line: 10, computed: yuan(24_877.5), stated: yuan(24_877.51) },
  ]);
  assert.deepEqual(problem(await send(finance, "bank", MT940.slice(0, 200))).slice(0, 2), [422, "bank_file"]);
  assert.deepEqual(problem(await send(finance, "bank", CAMT.replaceAll("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn"))), [422, "bank_file", { code: "other_message", name: "BkToCstmrDbtCdtNtfctn" }]);
  assert.deepEqual(problem(await send(finance, "bank", CAMT.replace("</Stmt>", ""))), [422, "import_file", { code: "broken_xml", line: 3 }]);
  const asked = await send(finance, "bank", "日期,余额\n2026-11-20,1\n");
  assert.equal(asked.body.code, "import_questions");
  assert.equal(asked.body.values.mapping && JSON.parse(asked.body.values.mapping).kind, "bank");
  const bad = await send(finance, "bank", "交易日期,收入\n2026-11-20,1\n2026-11-31,2\n");
  assert.deepEqual([bad.status, bad.body.problems.errors, bad.body.problems.listed[0].line], [200, 1, 3]);
  assert.equal((await finance.write("POST", `bank/${bad.body.file}/commit`)).status, 404);
  // A mapping of another kind, and one of a bank's list where others come in.
  const { mapping } = (await send(finance, "bank", "交易日期,收入\n2026-11-20,1\n")).body;
  assert.equal((await send(finance, "imports", "交易日期,收入\n2026-11-20,1\n", { mapping })).status, 422);
  assert.equal((await send(finance, "imports", "交易日期,收入\n2026-11-20,1\n", { kind: "bank" })).status, 422);
  assert.equal((await send(finance, "bank", "x", { kind: "receipts" })).status, 422);
  assert.equal((await counts(book)).pool, 0);
});

test("what others recorded meanwhile is seen before anything is added", async () => {
  const { finance } = await begin();
  const [one, two] = [await send(finance, "bank", MT940), await send(finance, "bank", MT940)];
  assert.equal((await finance.write("POST", `bank/${one.body.file}/commit`)).status, 200);
  const moved = await finance.write("POST", `bank/${two.body.file}/commit`);
  assert.deepEqual([moved.status, moved.body.code, JSON.parse(moved.body.values.preview).new], [409, "bank_moved", 0]);
  assert.equal((await finance.write("DELETE", `bank/${two.body.file}`)).status, 204);
  assert.equal((await finance.write("DELETE", `bank/${one.body.file}`)).body.code, "bank_recorded");
  assert.equal((await finance.get("pool")).body.waiting, 2);
});

test("a receipt is proposed with its reasons, claimed as proposed, and settles the customer's document", async () => {
  const { book, finance } = await begin();
  const { hengmao, qiming, documents } = await owing(book);
  await bring(finance, MT940);
  const [first, second] = (await finance.get("pool")).body.receipts.map(({ receipt }) => receipt.money);
  const proposals = (await finance.get(`pool/${first.receipt}`)).body;
  assert.equal(proposals.clear, hengmao.id, JSON.stringify(proposals));
  const [candidate] = proposals.candidates;
  assert.deepEqual([candidate.customer.code, candidate.signs.signs.map(({ kind }) => kind)], ["C001", ["name", "number", "amount"]]);
  assert.deepEqual(candidate.proposal.lines.map(({ item, amount, why }) => [item, amount, why.kind]), [[documents[0], yuan(25_000.5), "named"]]);

  const claim = { customer: hengmao.id, apply: { how: "as_proposed", digest: candidate.digest } };
  assert.equal((await finance.write("POST", `pool/${first.receipt}/claim`, { ...claim, apply: { how: "as_proposed", digest: "0".repeat(64) } })).body.code, "pool_other_proposal");
  const key = randomUUID();
  const claimed = await finance.write("POST", `pool/${first.receipt}/claim`, claim, key);
  assert.equal(claimed.status, 200, JSON.stringify(claimed.body));
  assert.deepEqual([claimed.body.settles, claimed.body.unapplied], [1, yuan(0)]);
  assert.deepEqual((await finance.write("POST", `pool/${first.receipt}/claim`, claim, key)).body, claimed.body);
  assert.equal((await finance.write("POST", `pool/${first.receipt}/claim`, claim)).body.code, "pool_ended");
  assert.equal((await finance.get(`pool/${first.receipt}`)).status, 409);
  const statement = (await finance.get(`customers/${hengmao.id}/statement?from=2026-01-01&to=${TODAY}`)).body.statement;
  assert.deepEqual(statement.accounts[0].open.map(({ number }) => number), ["INV-1002"]);
  assert.deepEqual((await book.testing("verify")).body.differing, []);

  // Nothing names the second but its amount; by hand, in part.
  const other = (await finance.get(`pool/${second.receipt}`)).body;
  assert.deepEqual([other.clear, other.candidates.map(({ customer }) => customer.code)], [undefined, ["C002"]]);
  const by_hand = { customer: qiming.id, apply: { how: "documents", documents: [[documents[2], yuan(70)]] } };
  const more = { ...by_hand, apply: { how: "documents", documents: [[documents[2], yuan(78)]] } };
  assert.equal((await finance.write("POST", `pool/${second.receipt}/claim`, more)).body.code, "more_than_open");
  const foreign = { ...by_hand, apply: { how: "documents", documents: [[documents[1], yuan(1)]] } };
  assert.equal((await finance.write("POST", `pool/${second.receipt}/claim`, foreign)).body.code, "no_document");
  assert.equal((await finance.write("POST", `pool/${second.receipt}/claim`, { ...by_hand, customer: randomUUID() })).status, 404);
  const applied = await finance.write("POST", `pool/${second.receipt}/claim`, by_hand);
  assert.deepEqual([applied.body.settles, applied.body.unapplied], [1, yuan(7)]);
  const pool = (await finance.get("pool")).body;
  assert.deepEqual([pool.waiting, pool.ended.map(({ customer, by }) => [customer.code, by])], [0, [["C002", "李财务"], ["C001", "李财务"]]]);
  // What was claimed is known, and its account points to the customer the next time.
  assert.equal((await send(finance, "bank", MT940)).body.new, 0);
  const next = await bring(finance, MT940.replaceAll("B1", "B7").replace("INV-1001 货款", "款").replace("宁波恒茂进出口有限公司", "某人"));
  assert.equal(next.recorded.new, 1);
  const [waiting] = (await finance.get("pool")).body.receipts;
  const again = (await finance.get(`pool/${waiting.receipt.money.receipt}`)).body.candidates[0];
  assert.deepEqual([again.customer.code, again.signs.signs[0].kind], ["C001", "account"]);
  assert.deepEqual((await book.testing("verify")).body.differing, []);
});

test("a former name points to its customer, and one that nothing points to can be asked about", async () => {
  const { book, finance } = await begin();
  const { hengmao, qiming } = await owing(book);
  const officer = await book.signIn("officer");
  const piece = { id: newId(), piece: { kind: "former_name", what: { name: "甬江贸易商行" } } };
  assert.equal((await officer.write("POST", `customers/${hengmao.id}/pieces`, piece)).status, 200);
  await bring(finance, "交易日期,收入,对方户名\n2026-11-20,12.34,甬江贸易商行\n");
  const [{ receipt }] = (await finance.get("pool")).body.receipts;
  const { candidates } = (await finance.get(`pool/${receipt.money.receipt}`)).body;
  assert.deepEqual(candidates.map(({ customer, signs }) => [customer.code, signs.signs[0].kind]), [["C001", "alias"]]);
  const asked = (await finance.get(`pool/${receipt.money.receipt}?customer=${qiming.id}`)).body.candidates;
  assert.deepEqual(asked.map(({ customer, signs, open }) => [customer.code, signs, open.length]), [["C002", undefined, 1]]);
  assert.equal((await finance.get(`pool/${receipt.money.receipt}?customer=${randomUUID()}`)).status, 404);
  assert.equal((await finance.get(`pool/${receipt.money.receipt}?customer=x`)).status, 422);
});

test("a receipt that is no customer's is set aside with a reason, once", async () => {
  const { finance } = await begin();
  await bring(finance, MT940);
  const [, { receipt }] = (await finance.get("pool")).body.receipts;
  const aside = (reason) => finance.write("POST", `pool/${receipt.money.receipt}/aside`, { reason });
  assert.equal((await aside(" ")).status, 422);
  assert.equal((await aside("x".repeat(501))).status, 422);
  assert.equal((await aside("银行利息")).status, 200);
  assert.equal((await aside("银行利息")).body.code, "pool_ended");
  const { waiting, ended } = (await finance.get("pool")).body;
  assert.deepEqual([waiting, ended[0].reason, ended[0].customer], [1, "银行利息", undefined]);
  assert.equal((await finance.write("POST", `pool/${randomUUID()}/aside`, { reason: "x" })).status, 404);
});

test("only finance brings and claims; officer, manager and auditor read the pool", async () => {
  const { book, finance } = await begin();
  await bring(finance, MT940);
  const [{ receipt }] = (await finance.get("pool")).body.receipts;
  for (const login of ["sales", "ops", "lead", "officer", "collector", "manager", "legal", "director", "auditor", "admin"]) {
    const caller = await book.signIn(login);
    assert.equal((await send(caller, "bank", MT940)).status, 403, login);
    assert.equal((await caller.write("POST", `pool/${receipt.money.receipt}/aside`, { reason: "x" })).status, 403, login);
    assert.equal((await caller.get("pool")).status, ["officer", "manager", "auditor"].includes(login) ? 200 : 403, login);
  }
  assert.equal((await send(undefined, "bank", MT940)).status, 401);
});
