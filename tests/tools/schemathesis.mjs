// Somebody else's fuzzer on the served document: https://schemathesis.io, where `./setup.sh prove` put it, or where
// SCHEMATHESIS says. It asks as one of each of several roles, one after the other.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { Book, charged, granted } from "./book.mjs";

const PROGRAM = process.env.SCHEMATHESIS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "xinheng/schemathesis/bin/schemathesis");
/** What fits the document may be refused all the same (a date in the future, a customer who isn't there); nothing else may be odd. */
const CHECKS = [
  "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance", "response_schema_conformance",
  "negative_data_rejection", "unsupported_method", "allow_header_conformance",
].join();
/** These would sign out whoever asks, and the rest would be refused. */
const SIGN_OUT = ["end_session", "end_sessions", "change_password", "end_portal_access"];
const ROLES = ["officer", "finance", "manager", "admin", "sales", "auditor", "customer"];

/** Whether it is here. */
export const isHere = () => run(["--version"]).then(({ code }) => code === 0, () => false);

/** Runs it for so many seconds in all; an error holds what it found. */
export async function schemathesis(edge, seconds, { seed = 1 } = {}) {
  const book = await Book.create(edge, "schemathesis", { demo_today: "2026-11-20" });
  const [{ id }] = await book.customers({ code: "MINE", name: "海川", salesperson: book.people.sales });
  await book.facts(charged(id, "MINE-1", "2026-10-05", "2026-11-04", 1_000), ...granted(id, "2026-01-01", 100_000));
  const folder = mkdtempSync(join(tmpdir(), "xinheng-schemathesis-"));
  const file = join(folder, "openapi.json");
  writeFileSync(file, JSON.stringify(await asOneself(edge)));
  try {
    return await asEverybody(edge, book, file, folder, seconds, seed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The served document without the ways to sign in: it would add a made-up token to the cookie, and two are refused. */
async function asOneself(edge) {
  const document = await (await edge.fetch("/api/v1/openapi.json")).json();
  delete document.components.securitySchemes;
  for (const methods of Object.values(document.paths)) for (const operation of Object.values(methods)) delete operation.security;
  return document;
}

async function asEverybody(edge, book, file, folder, seconds, seed) {
  const seen = {};
  for (const role of ROLES) {
    const caller = role === "customer" ? await book.signIn("MINE", "portal") : await book.signIn(role);
    const time = String(Math.max(1, Math.round(seconds / ROLES.length)));
    const options = ["--checks", CHECKS, "--max-time", time, "--seed", String(seed), "--request-timeout", "20", "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-shrink"];
    const apart = SIGN_OUT.flatMap((name) => ["--exclude-operation-id", name]);
    const { code, said } = await run(["run", file, "--url", String(edge.url), "-H", `Cookie: ${caller.cookie}`, ...options, ...apart], folder);
    if (code !== 0) throw new Error(`as ${role}:\n${said}`);
    seen[role] = said.match(/(\d+) generated/)?.[1] ?? said.trim().split("\n").at(-1);
  }
  return seen;
}

function run(args, cwd = tmpdir()) {
  return new Promise((done, failed) => {
    // It leaves files where it runs.
    const child = spawn(PROGRAM, args, { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", COLUMNS: "160" } });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    child.on("error", failed);
    child.on("close", (code) => done({ code, said }));
  });
}
