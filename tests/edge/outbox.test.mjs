// Outgoing messages against a receiver of our own: what is told and to whom it is shown, how it is signed, what happens when it
// isn't taken, when the power is cut in between, and which addresses nothing ever goes to.

import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { after, before, beforeEach, test } from "node:test";
import { Book, granted, newId, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

const TODAY = "2026-11-20";
const SECRET = "what messages of this book are signed with";
let edge, receiver;

/** A receiver: what came, and what is answered. */
class Receiver {
  static async start() {
    const receiver = new Receiver();
    receiver.server = createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      const got = { path: request.url, headers: request.headers, text: Buffer.concat(parts).toString(), at: Date.now() };
      receiver.got.push(got);
      receiver.answer(response, got);
    });
    await new Promise((done) => receiver.server.listen(0, "127.0.0.1", done));
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hook`;
    receiver.takes();
    return receiver;
  }

  /** From now on it takes what comes. */
  takes() {
    this.got = [];
    this.answer = (response) => response.writeHead(204).end();
  }

  /** From now on it answers so. */
  says(status, headers = {}) {
    this.answer = (response) => response.writeHead(status, headers).end("no");
  }

  get messages() {
    return this.got.map(({ text }) => JSON.parse(text));
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}

before(async () => ([edge, receiver] = [await Edge.start({ localHooks: true }), await Receiver.start()]));
after(() => Promise.all([edge.stop(), receiver.stop()]));
beforeEach(async () => {
  receiver.takes();
  await edge.setClock(new Date().toISOString());
});

const refused = ({ status, body }) => [status, body?.code];
const settings = (hook) => ({ attached_bytes: 2 ** 30, ...(hook && { hook }) });
const ours = () => ({ url: receiver.url, secret: SECRET });

/** Waits until something is so. */
async function until(what, is, tries = 80) {
  for (; tries > 0; tries--) {
    const found = await is();
    if (found) return found;
    await wait(100);
  }
  assert.fail(`${what}: ${JSON.stringify(receiver.got.map(({ text }) => text))}`);
}

let books = 0;
/** A book with a customer, whose messages go to the receiver. */
async function fresh(hook = ours()) {
  const book = await Book.create(edge, `outbox-${++books}`, { demo_today: TODAY });
  const callers = {};
  for (const login of ["sales", "officer", "manager", "finance", "admin", "auditor"]) callers[login] = await book.signIn(login);
  const [{ id: customer }] = await book.customers({ code: "C1", name: "海川", salesperson: book.people.sales });
  await book.facts(...granted(customer, "2026-01-01", 1_000));
  if (hook) assert.equal((await callers.admin.change("settings", 0, settings(hook))).status, 200);
  const { officer } = callers;
  const freeze = (frozen, reason = "复核") => officer.write("POST", `customers/${customer}/freeze`, { frozen, reason });
  /** Any call that could have changed something looks after the alarm. */
  const nudge = () => officer.ask("POST", "checks", { order: { id: randomUUID(), customer, amount: yuan(1), terms: { kind: "prepaid" } } });
  /** Later by so many seconds. */
  const later = async (seconds) => {
    await edge.setClock(new Date(Date.now() + seconds * 1_000).toISOString());
    assert.equal((await nudge()).status, 200);
  };
  return { book, customer, freeze, nudge, later, ...callers };
}

const listed = async (caller, query = "") => (await caller.get(`messages${query}`)).body.messages;

test("what happens is told in the order in which it happened, once, signed, and without a secret", async () => {
  const { book, customer, freeze, sales, officer, manager, finance, admin, auditor } = await fresh();
  const order = (amount) => ({ order: { id: randomUUID(), customer, amount: yuan(amount), terms: { kind: "net", days: 30 } }, decision: randomUUID() });
  const [held, other] = [order(1_200), order(9_000)];
  for (const body of [held, other]) assert.equal((await sales.write("POST", "orders", body)).body.status, "held");
  const release = { decision: randomUUID(), overage: yuan(10_000), reason: "老客户" };
  assert.equal((await manager.change(`orders/${held.order.id}/release`, 1, release)).status, 200);
  assert.equal((await manager.change(`orders/${other.order.id}/refusal`, 1, { reason: "太多" })).status, 200);
  const application = randomUUID();
  const asked = { limit: { kind: "amount", amount: yuan(1_001) }, reason: "备货" };
  assert.equal((await sales.write("POST", "applications", { application, customer, asked })).status, 200);
  assert.equal((await manager.change(`applications/${application}/answer`, 1, { answer: "grant", reason: "同意" })).status, 200);
  assert.equal((await freeze(true)).status, 200);
  const link = (await officer.write("POST", `customers/${customer}/links`)).body;
  const invited = (await admin.write("POST", "people", { name: "新人", role: "sales" })).body;
  const notice = { date: TODAY, step: "reminder", items: [], sent: { channel: "sms", recipient: "王芳 13800000000", text: "请付款" } };
  const piece = newId();
  assert.equal((await officer.write("POST", `customers/${customer}/pieces`, { id: piece, piece: { kind: "notice", what: notice } })).status, 200);
  // One that arrived is told of by nobody; what is refused happened to nobody.
  const arrived = { ...notice, sent: { ...notice.sent, delivered: { date: TODAY, proof: "回执 1" } } };
  assert.equal((await officer.write("POST", `customers/${customer}/pieces`, { id: newId(), piece: { kind: "notice", what: arrived } })).status, 200);
  assert.equal((await freeze(true, " ")).status, 422);
  await until("nine messages", () => receiver.got.length >= 9);
  await wait(500);
  const messages = receiver.messages;
  assert.deepEqual(messages.map(({ body }) => body.kind), ["order_held", "order_held", "order_decided", "order_decided", "application_decided", "supply", "portal_link", "invited", "notice"]);
  assert.equal(new Set(messages.map(({ id }) => id)).size, 9, "each once");
  const [, , released, refusal, granted, supply, portal, invitation, sms] = messages.map(({ body }) => body);
  assert.deepEqual([released.status, released.amount, released.reason, refusal.status, refusal.reason], ["confirmed", yuan(1_200), "老客户", "refused", "太多"]);
  assert.ok(released.number);
  assert.deepEqual([granted.state, supply.stopped, invitation.person, invitation.role], ["granted", true, invited.person, "sales"]);
  assert.deepEqual(sms, { kind: "notice", piece, step: "reminder", channel: "sms", recipient: "王芳 13800000000", text: "请付款" });
  assert.deepEqual(messages[0].customer, { id: customer, code: "C1", name: "海川" });
  assert.deepEqual([messages[0].book, messages[7].customer], [book.code, undefined]);
  const links = (await officer.get(`customers/${customer}/links`)).body.links;
  assert.deepEqual([portal.link, portal.until], [links[0].link, links[0].until]);
  for (const { text, headers, at } of receiver.got) {
    for (const secret of [link.token, invited.link.token, SECRET]) assert.ok(!text.includes(secret.split(".")[1] ?? secret), "no secret in it");
    const [, seconds, signature] = headers["xinheng-signature"].match(/^t=(\d+),v1=([0-9a-f]{64})$/);
    assert.equal(signature, createHmac("sha256", SECRET).update(`${seconds}.${text}`).digest("hex"));
    assert.ok(Math.abs(at / 1_000 - Number(seconds)) < 60, "signed when it was sent");
    assert.deepEqual([headers["content-type"], headers["xinheng-message"]], ["application/json", JSON.parse(text).id]);
  }
  // What it says is for those who see the customer.
  await until("all sent", async () => (await listed(auditor, "?state=sent")).length === 9);
  const [forAuditor, forAdmin] = [await listed(auditor), await listed(admin)];
  assert.deepEqual(forAuditor.map(({ content }) => content), messages.toReversed());
  assert.deepEqual(forAdmin.filter(({ content }) => content).map(({ kind }) => kind), ["invited"]);
  assert.deepEqual([await listed(admin, `?customer=${customer}`), (await listed(auditor, `?customer=${customer}`)).length], [[], 8]);
  assert.ok(!JSON.stringify(forAdmin).includes(customer));
  for (const caller of [sales, finance]) assert.equal((await caller.get("messages")).status, 403);
  // Page by page.
  const first = (await auditor.get("messages?limit=5")).body;
  const rest = (await auditor.get(`messages?limit=5&after=${first.next}`)).body;
  assert.deepEqual([...first.messages, ...rest.messages], forAuditor);
  assert.equal(rest.next, undefined);
  assert.equal((await auditor.get("messages?state=lost")).status, 422);
});

test("what isn't taken is tried again later and later, the same message each time, until the book gives up", async () => {
  const { freeze, later, admin } = await fresh();
  receiver.says(500);
  assert.equal((await freeze(true)).status, 200);
  const state = async (state) => (await listed(admin, `?state=${state}`))[0];
  const failed = await until("failed", () => state("failed"));
  assert.deepEqual([failed.tries, failed.fault], [1, { kind: "status", status: 500 }]);
  assert.ok(failed.next_at - failed.made_at >= 30);
  await later(20);
  await wait(500);
  assert.equal(receiver.got.length, 1, "not before its time");
  let apart = 0;
  for (let tries = 2, at = 0; tries <= 15; tries++) {
    const { next_at } = await state("failed");
    const waits = next_at - Math.floor(Date.now() / 1_000) - at;
    assert.ok(tries < 4 || waits >= apart - 30, `${waits} after ${apart}`);
    [apart, at] = [waits, next_at - Math.floor(Date.now() / 1_000) + 1];
    await later(at);
    await until(`try ${tries}`, () => receiver.got.length === tries);
    await until("told", async () => (tries < 15 ? (await state("failed"))?.tries === tries : await state("given_up")));
  }
  assert.ok(apart <= 6 * 3_600 + 60, `${apart} seconds between the last two`);
  assert.equal(new Set(receiver.got.map(({ text }) => text)).size, 1, "the same bytes");
  assert.equal(new Set(receiver.got.map(({ headers }) => headers["xinheng-signature"])).size, 15, "signed anew");
  const given = await state("given_up");
  assert.deepEqual([given.tries, given.next_at, given.done_at > given.made_at], [15, undefined, true]);
  // An admin has it tried again.
  receiver.takes();
  const again = await admin.write("POST", `messages/${given.message}/retry`);
  assert.deepEqual([again.status, again.body.state, again.body.tries], [200, "queued", 0]);
  await until("sent after all", () => state("sent"));
  assert.equal(receiver.messages[0].id, given.message);
  assert.deepEqual(refused(await admin.write("POST", `messages/${given.message}/retry`)), [409, "message_ended"]);
  assert.deepEqual(refused(await admin.write("DELETE", `messages/${given.message}`)), [409, "message_ended"]);
});

test("one that the receiver doesn't take keeps no other back", async () => {
  const { freeze, admin } = await fresh();
  receiver.answer = (response, { text }) => response.writeHead(text.includes("毒") ? 422 : 200).end();
  for (const [frozen, reason] of [[true, "毒"], [false, "一"], [true, "二"]]) assert.equal((await freeze(frozen, reason)).status, 200);
  await until("both others", async () => (await listed(admin, "?state=sent")).length === 2);
  assert.deepEqual((await listed(admin, "?state=failed")).map(({ fault }) => fault), [{ kind: "status", status: 422 }]);
});

test("redirections are not followed, and nobody waits for a receiver for ever", async () => {
  const { freeze, later, admin } = await fresh();
  receiver.says(302, { location: `${receiver.url}/elsewhere` });
  assert.equal((await freeze(true)).status, 200);
  // It is on its way before it is known what comes of it.
  const failed = (tries, fault) => until(`try ${tries}: ${JSON.stringify(fault)}`, async () => {
    const [message] = await listed(admin, "?state=failed");
    return message?.tries === tries && isDeepStrictEqual(message.fault, fault);
  });
  await failed(1, { kind: "status", status: 302 });
  assert.deepEqual(receiver.got.map(({ path }) => path), ["/hook"]);
  // It never answers.
  await edge.api("POST", "testing/patience?millis=300");
  receiver.answer = () => {};
  await later(40);
  await failed(2, { kind: "timed_out" });
  await edge.api("POST", "testing/patience");
  // Nobody is there.
  await receiver.stop();
  await later(400);
  await failed(3, { kind: "unreachable" });
  receiver = await Receiver.start();
});

test("a power cut between sending and writing it down sends it again, with the same id", async () => {
  const { freeze, later, admin } = await fresh();
  let came;
  const arrived = new Promise((done) => (came = done));
  receiver.answer = () => came();
  assert.equal((await freeze(true)).status, 200);
  await arrived;
  await edge.kill();
  await edge.restart();
  receiver.answer = (response) => response.writeHead(200).end();
  const [before] = await listed(admin);
  assert.deepEqual([before.state, before.tries], ["queued", 1]);
  await later(40);
  await until("sent", async () => (await listed(admin, "?state=sent")).length === 1);
  assert.equal(receiver.got.length, 2);
  assert.equal(receiver.got[0].text, receiver.got[1].text);
  assert.equal(receiver.messages[0].id, before.message);
});

test("a power cut before sending loses nothing: the alarm is armed again by whoever comes first", async () => {
  const { freeze, admin } = await fresh();
  receiver.says(503);
  assert.equal((await freeze(true)).status, 200);
  await edge.kill();
  await edge.restart();
  await edge.setClock(new Date(Date.now() + 60_000).toISOString());
  receiver.takes();
  assert.equal((await admin.get("session")).status, 200);
  await until("sent", () => receiver.got.length > 0);
});

test("a message that is called off is not tried again", async () => {
  const { freeze, later, admin } = await fresh();
  receiver.says(500);
  assert.equal((await freeze(true)).status, 200);
  const { message } = await until("failed", async () => (await listed(admin, "?state=failed"))[0]);
  const cancelled = await admin.write("DELETE", `messages/${message}`);
  assert.deepEqual([cancelled.status, cancelled.body.state, cancelled.body.next_at], [200, "cancelled", undefined]);
  receiver.takes();
  await later(3_600);
  await wait(500);
  assert.equal(receiver.got.length, 0);
  assert.deepEqual(refused(await admin.write("DELETE", `messages/${randomUUID()}`)), [404, "not_found"]);
});

test("without a receiver nothing is written, and what waits for one goes when there is one", async () => {
  const { freeze, admin, auditor } = await fresh(null);
  assert.equal((await freeze(true)).status, 200);
  assert.deepEqual(await listed(auditor), []);
  assert.equal((await admin.change("settings", 0, settings(ours()))).body.version, 1);
  receiver.says(500);
  assert.equal((await freeze(false)).status, 200);
  await until("tried", () => receiver.got.length === 1);
  // Nowhere from now on: it waits, and further ones are not written.
  assert.equal((await admin.change("settings", 1, settings())).body.hook, undefined);
  assert.equal((await freeze(true)).status, 200);
  assert.equal((await listed(auditor)).length, 1);
  receiver.takes();
  assert.equal((await admin.change("settings", 2, settings(ours()))).status, 200);
  const [{ message }] = await listed(auditor);
  assert.equal((await admin.write("POST", `messages/${message}/retry`)).status, 200);
  await until("sent", () => receiver.got.length === 1);
});

test("messages that ended are forgotten after 90 days", async () => {
  const { book, freeze } = await fresh();
  assert.equal((await freeze(true)).status, 200);
  const count = async () => Number((await book.testing("counts")).body.message);
  await until("sent", () => receiver.got.length === 1);
  await wait(300);
  // Sessions don't last so long: another comes.
  await edge.setClock(new Date(Date.now() + 91 * 86_400_000).toISOString());
  const admin = await book.signIn("admin");
  assert.equal((await admin.write("POST", "people", { name: "新人", role: "sales" })).status, 200);
  await until("forgotten", async () => (await count()) === 1);
});

test("messages go to public names with TLS and to nothing that only the edge can reach", async () => {
  const { admin } = await fresh(null);
  const set = (url, more = {}) => admin.change("settings", 0, settings({ url, secret: SECRET, ...more }));
  const never = [
    "", "x", "ftp://hooks.example.com", "javascript:alert(1)", "file:///etc/passwd", "http://hooks.example.com/", "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/",
    "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://localhost/", "https://a.localhost/", "https://intranet/", "https://printer.local./",
    "https://metadata.google.internal/", "https://user:secret@hooks.example.com/", "https://hooks.example.com@127.0.0.1/", "https://hooks.example.com/#x", `https://hooks.example.com/${"x".repeat(500)}`,
    "http://127.0.0.2/", "http://localhost.example.com/", "http://[::1]/",
  ];
  for (const url of never) assert.deepEqual(refused(await set(url)), [422, "hook_url"], url);
  for (const secret of ["short", "x".repeat(201), `${"x".repeat(40)}\n`]) assert.deepEqual(refused(await set("https://hooks.example.com/", { secret })), [422, "hook_secret"]);
  assert.deepEqual(refused(await set("https://hooks.example.com/", { secret: undefined })), [422, "hook_secret"]);
  const { body } = await set("https://hooks.example.com:8443/xinheng?to=sms");
  assert.deepEqual(body.hook, { url: "https://hooks.example.com:8443/xinheng?to=sms", signs: true });
  assert.ok(!JSON.stringify((await admin.get("settings")).body).includes(SECRET), "a secret is never told");
  // At the same address the secret stays; another address needs another.
  assert.equal((await admin.change("settings", 1, settings({ url: body.hook.url }))).body.hook.signs, true);
  assert.deepEqual(refused(await admin.change("settings", 2, settings({ url: "https://other.example.com/" }))), [422, "hook_secret"]);
});

test("where nobody develops, this machine is no receiver either", async () => {
  const plain = await Edge.start();
  try {
    const book = await Book.create(plain, "plain", { demo_today: TODAY });
    const admin = await book.signIn("admin");
    for (const url of [receiver.url, receiver.url.replace("127.0.0.1", "localhost")]) {
      assert.deepEqual(refused(await admin.change("settings", 0, settings({ url, secret: SECRET }))), [422, "hook_url"]);
    }
    // Nor when somebody got at the tables, or a public name stands for this machine.
    assert.equal((await admin.change("settings", 0, settings({ url: "https://hooks.example.com/", secret: SECRET }))).status, 200);
    await book.testing("meddle", `UPDATE settings SET hook_url = '${receiver.url}'`);
    assert.equal((await admin.write("POST", "people", { name: "新人", role: "sales" })).status, 200);
    const [failed] = await until("not sent", async () => {
      const failed = await listed(admin, "?state=failed");
      return failed.length > 0 && failed;
    });
    assert.deepEqual(failed.fault, { kind: "unreachable" });
    assert.equal(receiver.got.length, 0);
  } finally {
    await plain.stop();
  }
});
