// What a book tells of itself: how large and how old it is, and how what it does by itself goes; and the list of the policy's
// versions, page by page.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { after, before, test } from "node:test";
import { Book, charged, granted, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

const TODAY = "2026-11-20";
let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

const jobs = (report) => Object.fromEntries(report.jobs.map((job) => [job.name, job]));

test("the report counts what is there", async () => {
  const book = await Book.create(edge, "report", { demo_today: TODAY });
  const [admin, auditor] = [await book.signIn("admin"), await book.signIn("auditor")];
  const empty = (await admin.get("book")).body;
  assert.deepEqual([empty.first_fact, empty.last_fact, empty.journal, empty.rows.fact], [undefined, undefined, 0, 0]);
  const [customer] = await book.customers({ code: "C1", salesperson: book.people.sales });
  await book.facts(charged(customer.id, "I-1", "2026-10-05", "2026-11-04", 100), charged(customer.id, "I-2", "2026-09-01", "2026-10-01", 50));
  const { status, body } = await auditor.get("book");
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.rows.fact, body.rows.item, body.rows.customer, body.journal, body.oldest_cursor], [2, 2, 1, 2, 0]);
  // The first is the one that the book learned first, whatever its day.
  assert.deepEqual([body.first_fact.date, body.last_fact.date], ["2026-10-05", "2026-09-01"]);
  assert.ok(body.first_fact.feed < body.last_fact.feed && body.last_fact.feed <= body.feed);
  assert.ok(body.bytes > empty.bytes || body.bytes >= 4096, `${body.bytes} bytes`);
  assert.equal(body.trail, body.rows.audit);
  assert.ok(Object.values(jobs(body)).every(({ failures, error }) => failures === 0 && error === undefined));
  // Nothing in it is about anybody.
  assert.ok(!JSON.stringify(body).includes(customer.id));
});

test("what the book does by itself and cannot do is told, tried again later, and keeps nobody waiting", async () => {
  const book = await Book.create(edge, "alarm", { demo_today: TODAY });
  const [admin, sales, officer] = [await book.signIn("admin"), await book.signIn("sales"), await book.signIn("officer")];
  const [customer] = await book.customers({ code: "C1", salesperson: book.people.sales });
  await book.facts(...granted(customer.id, "2026-01-01", 1_000));
  const order = { id: randomUUID(), customer: customer.id, amount: yuan(9_000), terms: { kind: "net", days: 30 } };
  assert.equal((await sales.write("POST", "orders", { order, decision: randomUUID() })).body.status, "held");
  // Somebody got at the tables: a held order says nothing that could be judged, and it is due.
  const meddle = (sql) => book.testing("meddle", sql);
  await meddle(`UPDATE order_entry SET document = json_set(document, '$.amount', '海川的秘密')`);
  await meddle(`INSERT INTO retest_due (customer, feed) SELECT '${customer.id}', feed FROM book`);
  const check = () => officer.ask("POST", "checks", { order: { ...order, id: randomUUID(), amount: yuan(1) } });
  assert.equal((await check()).status, 200);
  let job;
  for (let tries = 0; tries < 50; tries++) {
    await wait(100);
    job = jobs((await admin.get("book")).body).retest;
    if (job.failures > 0) break;
  }
  assert.ok(job.failures > 0 && job.failed_at && job.error && job.due_at > job.failed_at, JSON.stringify(job));
  assert.ok(!job.error.includes("海川的秘密"), job.error);
  assert.equal((await check()).status, 200, "and nobody else is kept waiting");
  // Mended, it is done, and nothing is said of it any more.
  await meddle(`UPDATE order_entry SET document = json_set(document, '$.amount', json('${JSON.stringify(yuan(9_000))}'))`);
  for (let tries = 0; tries < 150; tries++) {
    await wait(100);
    job = jobs((await admin.get("book")).body).retest;
    if (job.failures === 0) break;
  }
  assert.deepEqual([job.failures, job.error, job.due_at], [0, undefined, undefined], JSON.stringify(job));
  assert.ok(job.done_at >= job.failed_at);
});

test("versions of the policy come page by page, the newest first", async () => {
  const book = await Book.create(edge, "versions", { demo_today: TODAY });
  const officer = await book.signIn("officer");
  const [{ policy }] = (await officer.get("policies")).body.versions;
  for (let i = 0; i < 4; i++) {
    const { status } = await officer.write("POST", "policies", { policy: { ...policy, note: { zh: `第${i}稿`, en: "draft" } } });
    assert.equal(status, 200);
  }
  const seen = [];
  let next;
  do {
    const { status, body } = await officer.get(`policies?limit=2${next ? `&after=${next}` : ""}`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body.versions.length <= 2);
    seen.push(...body.versions.map(({ version }) => version));
    next = body.next;
  } while (next);
  assert.deepEqual(seen, [5, 4, 3, 2, 1]);
  assert.deepEqual((await officer.get("policies")).body.versions.map(({ version }) => version), seen);
  for (const query of ["after=x", "limit=x", "limit=-1"]) assert.equal((await officer.get(`policies?${query}`)).status, 422, query);
  assert.deepEqual((await officer.get("policies?after=1")).body, { versions: [] });
});
