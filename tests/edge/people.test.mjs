// People: set-up and invitations, passwords and second factors, who is kept out and for how long, sessions, programs' tokens.

import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { company } from "../../worker/selfhost/company.mjs";
import { Book, Caller, operator, yuan } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge;
before(async () => (edge = await Edge.start()));
after(() => edge.stop());

const PASSWORD = "大船慢慢开 2026 gdansk";
let addresses = 0;
/** An address that nobody came from yet. */
const newAddress = () => `10.0.${Math.floor(addresses / 200)}.${(addresses++ % 200) + 1}`;

/** What a page sends to sign in; the answer with its problem's code. */
async function signIn(company, login, password, { door = "desk", code, address = newAddress() } = {}) {
  const headers = { "x-address-of-test": address };
  return edge.api("POST", "session/password", { company, door, login, password, code }, headers);
}

/** Signs in, and is somebody. */
async function enter(...args) {
  const answer = await signIn(...args);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return someone(answer);
}

function someone(answer) {
  const caller = new Caller();
  return Object.assign(caller, { edge, session: answer.body, cookie: answer.headers.get("set-cookie").split(";")[0] });
}

const refused = (answer, status, code) => assert.deepEqual([answer.status, answer.body?.code], [status, code]);

/** Sets a person's login and password by a link. */
const joins = (token, login, { name = "新人", password = PASSWORD } = {}) => edge.api("POST", "session/join", { token, name, login, password });

/** A company whose admin is in. */
async function companyOf(code) {
  const { link } = await company({ url: edge.url, secret: edge.secret, code, name: `${code} 货代` });
  const joined = await joins(link.split("#j=")[1], `admin@${code}.cn`, { name: "马管理" });
  assert.equal(joined.status, 200, JSON.stringify(joined.body));
  return someone(joined);
}

/** Somebody whom the admin invites. */
async function invited(admin, role, login) {
  const { status, body } = await admin.write("POST", "people", { name: "新人", role });
  assert.equal(status, 200, JSON.stringify(body));
  const joined = await joins(body.link.token, login);
  assert.equal(joined.status, 200, JSON.stringify(joined.body));
  return Object.assign(someone(joined), { id: body.person });
}

/** The code of an authenticator. Source: RFC 6238. */
function totp(secret, at = Date.now()) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((char) => alphabet.indexOf(char).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac("sha1", key).update(step).digest();
  return String((digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function later(millis, act) {
  await edge.api("POST", `testing/clock?shift=${millis}`);
  try {
    return await act();
  } finally {
    await edge.api("POST", "testing/clock?shift=0");
  }
}

test("a company is set up by a link, and its admin signs in by what they set", async () => {
  const { made, link } = await company({ url: edge.url, secret: edge.secret, code: "setup", name: "启航货代" });
  assert.ok(made);
  const again = await company({ url: edge.url, secret: edge.secret, code: "setup" });
  assert.equal(again.made, false);
  const token = link.split("#j=")[1];
  const { body } = await edge.api("POST", "session/link", { token });
  assert.deepEqual([body.book.name, body.door, body.purpose, body.role], ["启航货代", "desk", "join", "admin"]);
  // Looking spends nothing; and a link that sets a password opens no door by itself.
  refused(await edge.api("POST", "session", { token }), 401, "link_spent");
  for (const [change, code] of [
    [{ login: "nobody" }, "login"],
    [{ password: "kurz" }, "password_short"],
    [{ password: "Password123" }, "password_common"],
    [{ password: "ma@setup.cn" }, "password_login"],
    [{ name: " " }, "name"],
  ]) {
    const answer = await edge.api("POST", "session/join", { token, name: "马管理", login: "ma@setup.cn", password: PASSWORD, ...change });
    refused(answer, 422, code);
  }
  const joined = await joins(token, " Ma@Setup.CN", { name: "马管理" });
  assert.equal(joined.status, 200, JSON.stringify(joined.body));
  assert.deepEqual([joined.body.role, joined.body.name], ["admin", "马管理"]);
  refused(await joins(token, "ma@setup.cn"), 401, "link_spent");
  refused(await joins(again.link.split("#j=")[1], "ma@setup.cn"), 401, "link_spent");
  const admin = await enter("setup", "ma@setup.cn", PASSWORD);
  assert.equal(admin.session.role, "admin");
  assert.notEqual(admin.cookie, joined.headers.get("set-cookie").split(";")[0], "every session's token is new");
  await assert.rejects(company({ url: edge.url, secret: edge.secret, code: "setup" }), /is set up/);
});

test("an invited person has the role they were given, however they write their phone", async () => {
  const admin = await companyOf("phones");
  const sales = await invited(admin, "sales", "138 0013 8000");
  assert.equal(sales.session.door, "field");
  for (const login of ["13800138000", "+86 138-0013-8000"]) await enter("phones", login, PASSWORD, { door: "field" });
  const other = await admin.write("POST", "people", { name: "别人", role: "officer" });
  refused(await joins(other.body.link.token, "+8613800138000"), 409, "login_taken");
  const admins = await invited(admin, "admin", "second@phones.cn");
  refused(await signIn("phones", "second@phones.cn", PASSWORD, { door: "field" }), 403, "other_door");
  refused(await signIn("phones", "second@phones.cn", PASSWORD, { door: "portal" }), 403, "other_door");
  const { people } = (await admin.get("people")).body;
  assert.deepEqual(people.map(({ role, password, active }) => [role, password, active]).toSorted(), [
    ["admin", true, true], ["admin", true, true], ["officer", false, true], ["sales", true, true],
  ]);
  assert.ok(admins);
});

test("whoever isn't who they say is told the same, whatever is wrong, after the same work", async () => {
  const admin = await companyOf("quiet");
  const invitedOnly = await admin.write("POST", "people", { name: "新人", role: "officer" });
  assert.equal(invitedOnly.status, 200);
  const bodies = [];
  const asked = [["quiet", "admin@quiet.cn"], ["quiet", "nobody@quiet.cn"], ["nowhere", "admin@quiet.cn"], ["../x", "a"], ["quiet", `invited:${invitedOnly.body.person}`]];
  const times = asked.map(() => Infinity);
  // In turn, so that whatever else the machine does slows none of them alone.
  for (let round = 0; round < 5; round++) {
    for (const [i, [code, login]] of asked.entries()) {
      const start = performance.now();
      const answer = await signIn(code, login, "wrong password");
      times[i] = Math.min(times[i], performance.now() - start);
      refused(answer, 401, "wrong_sign_in");
      bodies.push(JSON.stringify(answer.body));
    }
  }
  assert.equal(new Set(bodies).size, 1);
  // A hash is tens of milliseconds; an answer without one would be there at once.
  assert.ok(Math.min(...times) > Math.max(...times) / 6, times.map(Math.round).join(" "));
});

test("guessing is slow, for one login and for one address, and keeps nobody out for ever", async () => {
  await companyOf("slow");
  const address = newAddress();
  const guess = (more) => signIn("slow", "admin@slow.cn", "wrong password", { address, ...more });
  for (let i = 0; i < 5; i++) refused(await guess(), 401, "wrong_sign_in");
  refused(await guess(), 401, "wrong_sign_in");
  const waits = await guess();
  refused(waits, 429, "throttled");
  assert.ok(Number(waits.body.values.seconds) <= 2);
  // Even the right one waits, there. From elsewhere it comes in.
  refused(await signIn("slow", "admin@slow.cn", PASSWORD, { address }), 429, "throttled");
  const home = newAddress();
  await enter("slow", "admin@slow.cn", PASSWORD, { address: home });
  // From everywhere at once: the login waits, but not where it came in before.
  const many = await Promise.all(Array.from({ length: 30 }, () => signIn("slow", "admin@slow.cn", "wrong password")));
  assert.ok(many.some(({ status }) => status === 429), "many at once count as many");
  refused(await signIn("slow", "admin@slow.cn", PASSWORD), 429, "throttled");
  await enter("slow", "admin@slow.cn", PASSWORD, { address: home });
  await later(61_000, () => enter("slow", "admin@slow.cn", PASSWORD));
  await later(901_000, () => enter("slow", "admin@slow.cn", PASSWORD, { address }));
});

test("one address that tries many logins must wait, too", async () => {
  await companyOf("spray");
  const address = newAddress();
  const answers = [];
  for (let i = 0; i < 53; i++) answers.push(await signIn("spray", `n${i}@spray.cn`, "wrong password", { address }));
  assert.ok(answers.slice(0, 50).every(({ status }) => status === 401));
  assert.ok(answers.slice(50).some(({ status }) => status === 429));
});

test("a changed password ends the other sessions; the old one must be right", async () => {
  await companyOf("change");
  const [one, two] = [await enter("change", "admin@change.cn", PASSWORD), await enter("change", "admin@change.cn", PASSWORD)];
  const change = (password, new_password) => one.ask("POST", "password", { password, new_password });
  refused(await change("wrong password", "another good one"), 401, "wrong_sign_in");
  refused(await change(PASSWORD, "1234567890"), 422, "password_common");
  assert.equal((await change(PASSWORD, "another good one")).status, 204);
  assert.equal((await one.get("session")).status, 200);
  assert.equal((await two.get("session")).status, 401);
  refused(await signIn("change", "admin@change.cn", PASSWORD), 401, "wrong_sign_in");
  await enter("change", "admin@change.cn", "another good one");
});

test("the second factor: a code is good once, recovery codes each once, the password alone no more", async () => {
  // RFC 6238, appendix B, for SHA-1; the last six digits.
  for (const [seconds, code] of [[59, "287082"], [1111111109, "081804"], [20000000000, "353130"]]) {
    assert.equal(totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", seconds * 1000), code);
  }
  const admin = await companyOf("factor");
  refused(await admin.ask("POST", "second-factor", { password: "wrong password" }), 401, "wrong_sign_in");
  const begun = await admin.ask("POST", "second-factor", { password: PASSWORD });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const { secret, uri } = begun.body;
  assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.ok(uri.startsWith("otpauth://totp/Xinheng:admin@factor.cn?secret="));
  await enter("factor", "admin@factor.cn", PASSWORD);
  refused(await admin.ask("POST", "second-factor/confirmation", { code: "000000" }), 401, "code_wrong");
  const confirmed = await admin.ask("POST", "second-factor/confirmation", { code: totp(secret, Date.now() - 30_000) });
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
  assert.equal(new Set(confirmed.body.codes).size, 10);

  const tries = (code) => signIn("factor", "admin@factor.cn", PASSWORD, { code });
  refused(await tries(), 401, "code_needed");
  refused(await signIn("factor", "admin@factor.cn", "wrong password"), 401, "wrong_sign_in");
  refused(await tries("123"), 401, "code_wrong");
  refused(await tries(totp(secret, Date.now() - 120_000)), 401, "code_wrong");
  const code = totp(secret);
  assert.equal((await tries(`${code.slice(0, 3)} ${code.slice(3)}`)).status, 200);
  refused(await tries(code), 401, "code_wrong");
  const [recovery] = confirmed.body.codes;
  assert.equal((await tries(recovery.toLowerCase())).status, 200);
  refused(await tries(recovery), 401, "code_wrong");
  const { body } = await admin.get("sessions");
  assert.deepEqual([body.second_factor, body.recovery_codes], [true, 9]);
  assert.equal((await admin.ask("POST", "second-factor/removal", { password: PASSWORD })).status, 204);
  await enter("factor", "admin@factor.cn", PASSWORD);
});

test("somebody sees where they are signed in, and ends it there or everywhere", async () => {
  const admin = await companyOf("devices");
  const [one, two] = [await enter("devices", "admin@devices.cn", PASSWORD), await enter("devices", "admin@devices.cn", PASSWORD)];
  const { sessions, login } = (await one.get("sessions")).body;
  assert.equal(login, "admin@devices.cn");
  assert.equal(sessions.length, 3);
  assert.equal(sessions.filter(({ current }) => current).length, 1);
  const { sessions: ofTwo } = (await two.get("sessions")).body;
  const name = ofTwo.find(({ current }) => current).session;
  const stranger = await invited(admin, "officer", "stranger@devices.cn");
  assert.equal((await stranger.ask("DELETE", `sessions/${name}`)).status, 404);
  assert.equal((await one.ask("DELETE", `sessions/${name}`)).status, 204);
  assert.equal((await two.get("session")).status, 401);
  const out = await one.ask("DELETE", "sessions");
  assert.match(out.headers.get("set-cookie"), /Max-Age=0/);
  for (const caller of [one, admin]) assert.equal((await caller.get("session")).status, 401);
  assert.equal((await stranger.get("session")).status, 200);
});

test("the admin changes roles, ends access, and makes links new", async () => {
  const admin = await companyOf("staff");
  const officer = await invited(admin, "officer", "officer@staff.cn");
  const change = (id, body) => admin.write("POST", `people/${id}`, body);
  refused(await change(officer.id, { role: "customer" }), 422, "role");
  assert.equal((await change(officer.id, { role: "finance" })).status, 200);
  assert.equal((await officer.get("session")).status, 401, "a new role begins with a new session");
  assert.equal((await enter("staff", "officer@staff.cn", PASSWORD)).session.role, "finance");

  assert.equal((await change(officer.id, { active: false })).status, 200);
  refused(await signIn("staff", "officer@staff.cn", PASSWORD), 401, "wrong_sign_in");
  refused(await admin.write("POST", `people/${officer.id}/links`), 409, "inactive");
  assert.equal((await change(officer.id, { active: true })).status, 200);
  const before = await enter("staff", "officer@staff.cn", PASSWORD);

  const [first, second] = [await admin.write("POST", `people/${officer.id}/links`), await admin.write("POST", `people/${officer.id}/links`)];
  refused(await joins(first.body.link.token, "officer@staff.cn"), 401, "link_spent");
  const joined = await joins(second.body.link.token, "officer@staff.cn", { password: "quite another one" });
  assert.equal(joined.status, 200, JSON.stringify(joined.body));
  assert.equal((await before.get("session")).status, 401);
  await enter("staff", "officer@staff.cn", "quite another one");

  const { people } = (await admin.get("people")).body;
  const self = people.find(({ role }) => role === "admin").id;
  for (const body of [{ role: "officer" }, { active: false }]) refused(await change(self, body), 409, "last_admin");
  await invited(admin, "admin", "second@staff.cn");
  assert.equal((await change(self, { role: "officer" })).status, 200);
});

test("a salesperson who becomes an officer gets every customer, and the other way keeps none of the others'", async () => {
  const book = await Book.create(edge, "sight");
  const files = await book.customers({ code: "A", salesperson: book.people.sales }, { code: "B", salesperson: book.people.sales2 });
  const admin = await book.signIn("admin");
  const known = (await (await book.signIn("sales")).get("sync")).body;
  assert.equal(known.customers.length, 1);
  await admin.write("POST", `people/${book.people.sales}`, { role: "officer" });
  const more = (await (await book.signIn("sales")).get(`sync?since=${known.feed}`)).body;
  assert.deepEqual(more.customers.map(({ customer }) => customer.code).toSorted(), ["A", "B"]);
  await admin.write("POST", `people/${book.people.sales}`, { role: "sales" });
  const less = (await (await book.signIn("sales")).get(`sync?since=${more.feed}`)).body;
  assert.deepEqual(less.customers.map(({ customer }) => customer.code), ["A"]);
  assert.deepEqual(less.gone, [files[1].id]);
});

test("a program acts by its token: as a role, for what was named, until it ends", async () => {
  const book = await Book.create(edge, "erp");
  const [{ id: customer }] = await book.customers({ code: "C1", name: "海川" });
  const admin = await book.signIn("admin");
  const make = (body) => admin.write("POST", "tokens", { name: "ERP", role: "finance", operations: ["record_receipt", "record_rates"], days: 30, ...body });
  for (const [change, code] of [
    [{ role: "admin", operations: ["read_people"] }, "role"],
    [{ role: "customer", operations: ["read_statement"] }, "role"],
    [{ operations: ["draft_policy"] }, "operation"],
    [{ operations: ["change_password"] }, "operation"],
    [{ role: "director", operations: ["release_order"] }, "operation"],
    [{ operations: [] }, "days"],
    [{ days: 0 }, "days"],
    [{ days: 731 }, "days"],
    [{ operations: ["everything"] }, "body"],
  ]) {
    refused(await make(change), 422, code);
  }
  const { token, id } = (await make()).body;
  const ask = (method, path, body, more = {}) =>
    edge.api(method, path, body, { authorization: `Bearer ${token}`, "idempotency-key": randomUUID(), ...more });
  const receipt = () => ({ receipt: randomUUID(), customer, date: "2026-02-01", amount: yuan(1), apply: [] });
  assert.equal((await ask("POST", "receipts", receipt())).status, 200);
  refused(await ask("POST", "customers/x/links"), 403, "forbidden");
  refused(await ask("GET", "session"), 403, "forbidden");
  refused(await ask("POST", "imports", undefined, { "content-type": "application/octet-stream" }), 403, "forbidden");
  refused(await ask("POST", "receipts", receipt(), { cookie: admin.cookie }), 400, "two_tokens");
  refused(await ask("POST", "receipts", receipt(), { authorization: `Basic ${token}` }), 401, "signed_out");
  // In the cookie it is no more than the same token.
  const { tokens } = (await admin.get("tokens")).body;
  assert.deepEqual(tokens.map(({ name, role, operations, made_by }) => [name, role, operations, made_by]), [
    ["ERP", "finance", ["record_receipt", "record_rates"], "马管理"],
  ]);
  assert.ok(tokens[0].seen_at);
  assert.ok(!JSON.stringify(tokens).includes(token));
  const auditor = await book.signIn("auditor");
  const { entries } = (await auditor.get("audit")).body;
  const done = entries.find(({ entry }) => entry.action === "record_receipt");
  assert.deepEqual([done.name, done.entry.role, done.entry.person], ["ERP", "finance", id]);
  assert.ok(!((await auditor.get("sync")).body.people ?? []).some(({ name }) => name === "ERP"));
  await later(31 * 24 * 3_600_000, async () => refused(await ask("POST", "receipts", receipt()), 401, "signed_out"));
  assert.equal((await admin.write("DELETE", `tokens/${id}`)).status, 204);
  refused(await ask("POST", "receipts", receipt()), 401, "signed_out");
});

test("a customer's ways into the portal are seen and ended by those who may invite, and end with the relation", async () => {
  const book = await Book.create(edge, "portals");
  const [file] = await book.customers({ code: "C1", name: "海川", salesperson: book.people.sales });
  const [sales, sales2, officer] = [await book.signIn("sales"), await book.signIn("sales2"), await book.signIn("officer")];
  const open = async () => {
    const { links, sessions } = (await officer.get(`customers/${file.id}/links`)).body;
    return [links.length, sessions.length];
  };
  assert.deepEqual(await open(), [0, 0]);
  const portal = await book.signIn("C1", "portal");
  await sales.write("POST", `customers/${file.id}/links`);
  assert.deepEqual(await open(), [1, 1]);
  const { links, sessions } = (await sales.get(`customers/${file.id}/links`)).body;
  assert.equal((await sales2.get(`customers/${file.id}/links`)).status, 404);
  assert.equal((await sales2.write("DELETE", `portal/${links[0].link}`)).status, 404);
  assert.equal((await sales.write("DELETE", `portal/${links[0].link}`)).status, 204);
  assert.equal((await sales.write("DELETE", `portal/${sessions[0].session}`)).status, 204);
  assert.equal((await portal.get("session")).status, 401);
  assert.deepEqual(await open(), [0, 0]);
  for (const change of [{ salesperson: book.people.sales2 }, { salesperson: book.people.sales2, stage: "ended" }]) {
    const [link, inside] = [await book.link("portal", "C1"), await book.signIn("C1", "portal")];
    assert.equal((await inside.get("session")).status, 200);
    await book.customers({ ...file, ...change });
    assert.equal((await inside.get("session")).status, 401, JSON.stringify(change));
    refused(await edge.api("POST", "session", { token: link }), 401, "link_spent");
  }
  const again = await book.signIn("C1", "portal");
  assert.equal((await officer.write("DELETE", `customers/${file.id}/links`)).status, 204);
  assert.equal((await again.get("session")).status, 401);
});

test("made-up tokens and companies make no book", async () => {
  await companyOf("files");
  const books = () => readdirSync(join(edge.data, "books"), { recursive: true }).filter((file) => file.endsWith(".sqlite")).length;
  const before = books();
  assert.ok(before > 0);
  for (let i = 0; i < 5; i++) {
    const token = `made-up-${i}.${"0".repeat(63)}${i}`;
    for (const made of [token, `${token}.${"0".repeat(16)}`]) {
      for (const path of ["session", "session/link"]) refused(await edge.api("POST", path, { token: made }), 401, "link_spent");
      refused(await joins(made, "a@b.cn"), 401, "link_spent");
      assert.equal((await edge.api("GET", "session", undefined, { cookie: `__Host-session-desk=${made}` })).status, 401);
      assert.equal((await edge.api("GET", "sync", undefined, { authorization: `Bearer ${made}` })).status, 401);
    }
    refused(await signIn(`made-up-${i}`, "a@b.cn", "wrong password"), 401, "wrong_sign_in");
  }
  assert.equal(books(), before);
});

test("what comes in is written down, and its personal data apart from the chain", async () => {
  const admin = await companyOf("written");
  const auditor = await invited(admin, "auditor", "auditor@written.cn");
  await signIn("written", "auditor@written.cn", "wrong password", { address: "10.9.9.9" });
  await enter("written", "auditor@written.cn", PASSWORD, { address: "10.9.9.9" });
  const { entries } = (await auditor.get("audit")).body;
  assert.deepEqual(entries.map(({ entry }) => entry.action).reverse(), ["operator_link", "join", "sign_in", "invite_person", "join", "sign_in", "sign_in"]);
  assert.equal(entries[0].entry.subject, "desk password, try 2");
  assert.equal(JSON.parse(entries[0].personal.value).address, "10.9.9.9");
  assert.ok(!JSON.stringify(entries.map(({ entry }) => entry)).includes("written.cn"), "no login stands in the chain");
  assert.equal((await admin.get("audit/verification")).body.broken, undefined);
});

test("passwords, codes and tokens are in no table and in no log", async () => {
  const { status, body } = await operator(edge, "books/written/links", { door: "desk", login: "admin@written.cn" });
  assert.equal(status, 201);
  const files = readdirSync(join(edge.data, "books"), { recursive: true });
  const { readFileSync } = await import("node:fs");
  for (const file of files.filter((name) => /\.sqlite/.test(name))) {
    const bytes = readFileSync(join(edge.data, "books", file));
    for (const secret of [PASSWORD, body.token]) assert.ok(!bytes.includes(secret), file);
  }
  assert.ok(!edge.log.includes(PASSWORD));
});
