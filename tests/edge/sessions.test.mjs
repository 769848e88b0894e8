// Signing in and out: links that are spent once, sessions that end, requests that come from elsewhere.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book, Caller, operator } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge, book;
before(async () => {
  edge = await Edge.start();
  book = await Book.create(edge, "doors");
  await book.customers({ code: "C1", name: "海川" });
});
after(() => edge.stop());

const HOUR = 3_600_000;
/** Runs a test at a moment that is so many milliseconds away, and comes back. */
async function later(millis, act) {
  await edge.api("POST", `testing/clock?shift=${millis}`);
  try {
    await act();
  } finally {
    await edge.api("POST", "testing/clock?shift=0");
  }
}

test("a link opens its door once", async () => {
  const token = await book.link("desk", "officer");
  const caller = await Caller.enter(edge, token);
  assert.equal(caller.session.role, "officer");
  assert.equal(caller.session.door, "desk");
  assert.equal(caller.session.book.demo, false);
  assert.deepEqual((await caller.get("session")).body, caller.session);
  const again = await edge.api("POST", "session", { token });
  assert.equal(again.status, 401);
  assert.equal(again.body.code, "link_spent");
});

test("the cookie can be read by no script and goes to no other site", async () => {
  const answer = await edge.api("POST", "session", { token: await book.link("field", "sales") });
  const [pair, ...attributes] = answer.headers.get("set-cookie").split("; ");
  assert.match(pair, /^__Host-session-field=doors\.[0-9a-f]{64}\.[0-9a-f]{16}$/);
  assert.deepEqual(attributes.toSorted(), ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Strict", "Secure"]);
  assert.equal(answer.headers.get("cache-control"), "no-store");
});

test("a link expires after a week", async () => {
  const token = await book.link("desk", "officer");
  await later(7 * 24 * HOUR + 1000, async () => {
    assert.equal((await edge.api("POST", "session", { token })).body.code, "link_spent");
  });
  await Caller.enter(edge, token);
});

test("links that never were open nothing", async () => {
  for (const token of ["", "x", "doors", "doors.", `doors.${"0".repeat(64)}`, `nobody.${"0".repeat(64)}`, `../x.${"0".repeat(64)}`]) {
    const answer = await edge.api("POST", "session", { token });
    assert.equal(answer.status, 401, token);
  }
  for (const login of ["nobody", "C1"]) {
    assert.equal((await operator(edge, "books/doors/links", { door: "desk", login })).body.code, "nobody");
  }
  assert.equal((await operator(edge, "books/doors/links", { door: "portal", login: "officer" })).body.code, "nobody");
});

test("signing out ends the session at once, and only that one", async () => {
  const [one, two] = [await book.signIn("officer"), await book.signIn("officer")];
  const out = await one.ask("DELETE", "session");
  assert.equal(out.status, 204);
  assert.match(out.headers.get("set-cookie"), /^__Host-session-desk=; Path=\/; Max-Age=0/);
  assert.equal(out.headers.get("clear-site-data"), '"cache"');
  assert.equal((await one.get("session")).status, 401);
  assert.equal((await two.get("session")).status, 200);
});

test("a session ends when it isn't used, and when its time is over", async () => {
  const desk = await book.signIn("officer");
  await later(11 * HOUR, async () => assert.equal((await desk.get("session")).status, 200));
  await later(22 * HOUR, async () => assert.equal((await desk.get("session")).status, 200));
  await later(35 * HOUR, async () => assert.equal((await desk.get("session")).status, 401));
  const portal = await book.signIn("C1", "portal");
  await later(3 * HOUR, async () => assert.equal((await portal.get("session")).status, 401));
  const used = await book.signIn("C1", "portal");
  for (let hour = 1; hour < 24; hour++) await later(hour * HOUR, async () => assert.equal((await used.get("session")).status, 200));
  await later(24 * HOUR + 1000, async () => assert.equal((await used.get("session")).status, 401));
});

test("one browser can stand at several doors, and each page speaks for its own", async () => {
  const [desk, field] = [await book.signIn("officer"), await book.signIn("sales")];
  const both = `${desk.cookie}; ${field.cookie}`;
  const at = async (door) => (await edge.api("GET", "session", undefined, { cookie: both, referer: `${edge.url}/${door}/x` })).body.role;
  assert.equal(await at("desk"), "officer");
  assert.equal(await at("field"), "sales");
  assert.equal((await edge.api("GET", "session", undefined, { cookie: both, referer: `${edge.url}/portal/` })).status, 401);
});

test("what changes something comes from a page of ours", async () => {
  const caller = await book.signIn("officer");
  const key = { "idempotency-key": randomUUID() };
  for (const headers of [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "https://elsewhere.example" },
    { origin: "null" },
  ]) {
    const answer = await caller.ask("POST", "assessments", {}, { ...key, ...headers });
    assert.equal(answer.status, 403, JSON.stringify(headers));
    assert.equal(answer.body.code, "other_site");
    assert.equal((await edge.api("POST", "session", { token: "x" }, headers)).status, 403);
  }
  const form = await edge.fetch("/api/v1/assessments", { method: "POST", headers: { cookie: caller.cookie, ...key, "content-type": "text/plain" }, body: "{}" });
  assert.equal(form.status, 415);
  const ours = await caller.ask("POST", "assessments", {}, { ...key, "sec-fetch-site": "same-origin", origin: edge.url });
  assert.equal(ours.status, 200);
});

test("an invitation made again ends the link that the first try made", async () => {
  const [{ id }] = await book.customers({ code: "C2", name: "云岭" });
  const finance = await book.signIn("finance");
  const key = randomUUID();
  const [first, second] = [await finance.write("POST", `customers/${id}/links`, undefined, key), await finance.write("POST", `customers/${id}/links`, undefined, key)];
  assert.equal(second.status, 200);
  assert.notEqual(first.body.token, second.body.token);
  assert.equal((await edge.api("POST", "session", { token: first.body.token })).status, 401);
  const portal = await Caller.enter(edge, second.body.token);
  assert.equal(portal.session.customer, id);
  assert.equal(portal.session.name, "云岭");
});
