// A company's whole book as one file, and back.
//
//   node worker/selfhost/backup.mjs save CODE [FILE]        FILE is CODE-DATE.ndjson.gz unless told
//   node worker/selfhost/backup.mjs restore CODE FILE       into a book that isn't there yet, on this server or another
//                                                           PORT=8787 DATA=.data URL=http://127.0.0.1:8787 OPERATOR_SECRET=…
//
// The file is gzip over lines of JSON: a head, the book's rows in a fixed order, an end that says how many they are and what
// their digest is. The same book gives the same lines. Others may write meanwhile: the file is the book at the moment at
// which reading began. It holds no passwords and no links; a restored book's admins come in by new ones, which are printed.

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, renameSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { PassThrough } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { operatorSecret } from "./serve.mjs";

/** The form of the file. */
const FORMAT = 1;
/** How many bytes of rows are sent at once, about. */
const TOGETHER = 1 << 19;

/** The server's answer to one step; throws what it says when it refuses. */
async function step({ url, secret }, code, what, body) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` };
  const response = await fetch(`${url}/operator/v1/books/${code}/${what}`, { method: "POST", headers, body });
  const text = await response.text();
  const answer = text === "" ? undefined : JSON.parse(text);
  if (!response.ok) throw Object.assign(new Error(answer.detail ?? answer.title), { code: answer.code });
  return answer;
}

/** The lines of a book, one by one, head and end included. */
export async function* lines(server, code) {
  const { schema, feed, export: id } = await step(server, code, "export", `{"step":"begin"}`);
  const digest = createHash("sha256");
  const told = (line) => {
    digest.update(line).update("\n");
    return line;
  };
  yield told(JSON.stringify({ xinheng: FORMAT, schema, feed }));
  let rows = 0;
  let after = null;
  do {
    const page = await step(server, code, "export", JSON.stringify({ step: "page", export: id, after }));
    for (const line of page.lines.split("\n")) {
      if (line === "") continue;
      rows += 1;
      yield told(line);
    }
    after = page.next;
  } while (after);
  await step(server, code, "export", JSON.stringify({ step: "end", export: id }));
  yield JSON.stringify({ rows, sha256: digest.digest("hex") });
}

/** Writes a book to a file, which is there when it is whole. */
export async function save(server, code, file) {
  const zipped = createGzip();
  const written = pipeline(zipped, createWriteStream(`${file}.part`));
  let end;
  try {
    for await (const line of lines(server, code)) {
      if (!zipped.write(`${line}\n`)) await once(zipped, "drain");
      end = line;
    }
    zipped.end();
    await written;
  } catch (error) {
    zipped.destroy();
    await written.catch(() => {});
    rmSync(`${file}.part`, { force: true });
    throw error;
  }
  renameSync(`${file}.part`, file);
  return JSON.parse(end);
}

async function* linesOf(file) {
  const source = createReadStream(file);
  const text = source.pipe(file.endsWith(".gz") ? createGunzip() : new PassThrough());
  const broken = new Promise((_, fail) => {
    for (const stream of [source, text]) stream.once("error", fail);
  });
  broken.catch(() => {});
  const all = createInterface({ input: text, crlfDelay: Infinity })[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await Promise.race([all.next(), broken]);
    if (done) return;
    yield value;
  }
}

/** Reads a file through once: its head and end, when it is whole. */
async function check(file) {
  const digest = createHash("sha256");
  let head, last, count = 0;
  for await (const line of linesOf(file)) {
    if (last !== undefined) digest.update(last).update("\n");
    head ??= line;
    last = line;
    count += 1;
  }
  const read = (line) => {
    try {
      return JSON.parse(line);
    } catch {
      return {};
    }
  };
  const [{ xinheng, schema }, { rows, sha256 }] = [read(head), read(last)];
  if (xinheng !== FORMAT) throw new Error(`${file} is no file of a book`);
  if (rows !== count - 2 || sha256 !== digest.digest("hex")) throw new Error(`${file} is not whole, or was changed`);
  return { schema, rows };
}

/** Fills a book that isn't there yet. What a failed attempt left is taken away first. */
export async function restore(server, code, file) {
  const { schema, rows } = await check(file);
  await step(server, code, "restore", `{"step":"discard"}`).catch((error) => {
    if (error.code !== "restore_not_begun") throw error;
  });
  await step(server, code, "restore", JSON.stringify({ step: "begin", schema }));
  try {
    let together = [], bytes = 0, sent = 0;
    const send = async () => {
      if (together.length > 0) await step(server, code, "restore", `{"step":"rows","rows":[${together.join(",")}]}`);
      [together, bytes] = [[], 0];
    };
    for await (const line of linesOf(file)) {
      sent += 1;
      if (sent === 1 || sent > rows + 1) continue;
      together.push(line);
      bytes += line.length;
      if (bytes >= TOGETHER) await send();
    }
    await send();
    const { admins } = await step(server, code, "restore", JSON.stringify({ step: "end", rows }));
    return { rows, admins };
  } catch (error) {
    // Nothing of it stays, so that it can be tried again.
    await step(server, code, "restore", `{"step":"discard"}`).catch(() => {});
    throw error;
  }
}

/** A link by which an admin of a restored book sets a password anew. */
export async function wayIn(server, code, login) {
  const { token } = await step(server, code, "links", JSON.stringify({ door: "desk", login, purpose: "join" }));
  return `${server.url}/desk/#j=${token}`;
}

async function main() {
  const [what, code, file = `${code}-${new Date().toISOString().slice(0, 10)}.ndjson.gz`] = process.argv.slice(2);
  const { PORT = "8787", DATA = ".data", URL: url = `http://127.0.0.1:${PORT}`, OPERATOR_SECRET } = process.env;
  if (!["save", "restore"].includes(what) || !code || (what === "restore" && !process.argv[4])) {
    throw new Error("make backup CODE=… [FILE=…], or make restore CODE=… FILE=…");
  }
  const server = { url, secret: OPERATOR_SECRET ?? operatorSecret(DATA) };
  if (what === "save") {
    const { rows, sha256 } = await save(server, code, file);
    console.log(`${file}: ${rows} rows, sha256 of the lines ${sha256}`);
  } else {
    const { rows, admins } = await restore(server, code, file);
    console.log(`the book ${code} is there again, ${rows} rows. Its admins set new passwords by these links, and make everybody else's:\n`);
    for (const login of admins) console.log(`  ${login}  ${await wayIn(server, code, login)}`);
  }
}

if (process.argv[1]?.endsWith("backup.mjs")) {
  main().catch((error) => {
    console.error(error.cause?.code === "ECONNREFUSED" ? "nothing runs here yet: make run, or worker/selfhost/serve.mjs" : error.message);
    process.exit(1);
  });
}
