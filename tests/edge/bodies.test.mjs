// Bodies that no page sends: refused as the caller's mistake, never broken by, and the edge goes on.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Book } from "../tools/book.mjs";
import { Edge } from "../tools/edge.mjs";

let edge, callers, table;
before(async () => {
  edge = await Edge.start();
  const book = await Book.create(edge, "bodies");
  callers = Object.fromEntries(await Promise.all(["officer", "manager", "finance", "admin"].map(async (who) => [who, await book.signIn(who)])));
  table = (await edge.api("GET", "testing/operations")).body;
});
after(() => edge.stop());

/** Sends bytes as they are. */
async function send(line, body, headers = {}) {
  const who = ["officer", "finance", "manager", "admin"].find((login) => line.who.some(([role]) => role === login));
  const path = line.path.replace("{id}", randomUUID());
  const response = await edge.fetch(`/api/v1/${path}`, {
    method: line.method,
    headers: { cookie: callers[who].cookie, "idempotency-key": randomUUID(), "content-type": "application/json", ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}

const nested = (depth) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const BODIES = [
  "{", "null", "[]", "0", '""', "{}", "\u0000", "NaN", '{"order":', nested(1_000), nested(100_000),
  '{"__proto__":{}}', '{"order":{}}', '{"order":null}', `{"order":${nested(200)}}`, '{"customers":["x"]}', '{"frozen":"yes"}',
  '{"a":1,"a":2}', `{"${"k".repeat(10_000)}":1}`, '{"amount":1e999}', new Uint8Array([0xff, 0xfe, 0xfd]), new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
];

test("no body breaks the edge", async () => {
  for (const line of table.filter(({ operation, method }) => method === "POST" && !operation.endsWith("import"))) {
    for (const body of BODIES) {
      const { status, text } = await send(line, body);
      assert.ok(status < 500, `${line.operation} ${String(body).slice(0, 40)}: ${status} ${text.slice(0, 200)}`);
    }
  }
  assert.equal((await callers.officer.get("session")).status, 200);
});

test("a body that is too long is refused, announced or not", async () => {
  const line = table.find(({ operation }) => operation === "draft_policy");
  const long = `{"policy":"${"x".repeat(300_000)}"}`;
  const { status, text } = await send(line, long);
  assert.equal(status, 413);
  assert.equal(JSON.parse(text).code, "too_long");
  const drop = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 400; i++) controller.enqueue(new TextEncoder().encode("x".repeat(1_000)));
      controller.close();
    },
  });
  const refused = await edge
    .fetch("/api/v1/policies", {
      method: "POST", duplex: "half", body: drop,
      headers: { cookie: callers.officer.cookie, "idempotency-key": randomUUID(), "content-type": "application/json" },
    })
    // A connection that is closed while we still send is a refusal, too.
    .then((response) => response.status === 413, (error) => error instanceof TypeError);
  assert.ok(refused);
  assert.equal((await callers.officer.get("session")).status, 200);
});

test("paths and queries that mean nothing are answered", async () => {
  const { officer } = callers;
  for (const [path, status] of [
    ["customers/..%2f..", 404],
    ["customers/%00", 404],
    [`customers/${"x".repeat(5_000)}`, 404],
    ["policies/x", 404],
    ["nowhere", 404],
    ["customers", 405],
    ["customers//statement", 404],
    ["sync?since=x", 422],
    ["sync?since=99999999999999999999999", 422],
    ["sync?since=9007199254740993", 200],
    [`customers/${randomUUID()}/statement?from=2026-13-01`, 404],
  ]) {
    assert.equal((await officer.get(path)).status, status, path);
  }
  for (const [method, path] of [["PUT", "session"], ["PATCH", "policies"], ["DELETE", "sync"], ["POST", "journal"]]) {
    const answer = await officer.ask(method, path);
    assert.deepEqual([answer.status, answer.body.code], [405, "other_method"], path);
  }
});

test("texts that mean something to SQL or JSON are only texts", async () => {
  const { officer } = callers;
  const book = new Book(edge, "bodies");
  const name = `Robert'); DROP TABLE fact;-- "{}\\ \u0000? 漢字 🚢`;
  const [{ id }] = await book.customers({ code: "X'\"", name });
  const frozen = await officer.write("POST", `customers/${id}/freeze`, { frozen: true, reason: name });
  assert.equal(frozen.status, 200, JSON.stringify(frozen.body));
  const { customer, standing } = (await officer.get(`customers/${id}`)).body;
  assert.equal(customer.name, name);
  assert.equal(standing.frozen.reason, name);
  assert.deepEqual((await book.testing("verify")).body.differing, []);
});
