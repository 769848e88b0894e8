// Runs Xinheng on this machine: plain workerd, data on local disk. Used by `make run`, by the tests and for self-hosting.
//
//   node worker/selfhost/serve.mjs            PORT=8787 DATA=.data BUILD=worker/build FILES=dist/quick
//
// ADDRESS_HEADER names the header in which a reverse proxy tells a caller's address, so that guessing is slow per address, too.
// LOCAL_HOOKS=1 is for development: messages may go to a receiver on this machine, and without TLS.
// DEMO=1 makes the demo book, once, and prints sign-in links into it.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { demoLinks, ensureDemo } from "./demo.mjs";

const { default: workerd } = createRequire(import.meta.url)("workerd");

/**
 * Starts the edge and waits until it answers.
 *
 * `port` 0 takes any free port. `build` and `files` are what was built; `data` is where the books live, made if missing.
 * The caller ends it with `stop()`; `kill()` is a power cut.
 */
export async function start({ build, files, data, port = 0, host = "127.0.0.1", quiet = false, addressHeader = "", localHooks = false }) {
  for (const [what, path] of [["the worker", join(build, "config.capnp")], ["the pages", join(files, "index.html")]]) {
    if (!existsSync(path)) throw new Error(`${what} is not built: there is no ${path}`);
  }
  const books = resolve(data, "books");
  mkdirSync(books, { recursive: true });
  const secret = operatorSecret(data);
  const args = [
    "serve", join(build, "config.capnp"), localHooks ? "development" : "config",
    `--socket-addr=http=${host}:${port}`,
    `--directory-path=files=${resolve(files)}`,
    `--directory-path=data=${books}`,
    "--control-fd=3",
  ];
  const child = spawn(workerd, args, {
    env: { PATH: process.env.PATH, OPERATOR_SECRET: secret, ADDRESS_HEADER: addressHeader, LOCAL_HOOKS: localHooks ? "1" : "" },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      // workerd's own remark about its start-up cache; it means nothing to whoever runs this.
      if (line.includes("bootstrap compile cache")) return;
      if (quiet) said.push(`${line}\n`);
      else console.error(line);
    });
  }
  const exited = new Promise((done) => child.once("exit", (code, signal) => done(signal ?? code)));
  const end = (signal) => {
    child.kill(signal);
    // It waits for open connections to end, and a browser keeps its own. What was acknowledged is on disk already.
    const patience = setTimeout(() => child.kill("SIGKILL"), 500);
    exited.then(() => clearTimeout(patience));
    return exited;
  };
  const onExit = () => child.kill("SIGKILL");
  process.once("exit", onExit);
  exited.then(() => process.off("exit", onExit));

  const listening = new Promise((found) => {
    createInterface({ input: child.stdio[3] }).on("line", (line) => {
      const event = JSON.parse(line);
      if (event.event === "listen" && event.socket === "http") found(event.port);
    });
  });
  const failed = exited.then((how) => {
    throw new Error(`workerd ended (${how}) before it listened\n${said.join("")}`);
  });
  const url = `http://${host}:${await Promise.race([listening, failed])}`;
  failed.catch(() => {});
  await answers(url);
  return { url, secret, exited, said, pid: child.pid, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

/** The secret of whoever runs this deployment: made once, kept with the data, readable by its owner only. */
export function operatorSecret(data) {
  const file = join(data, "operator-secret");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

async function answers(url) {
  const response = await fetch(`${url}/api/v1/health`);
  if (!response.ok) throw new Error(`the edge is up and not well: ${response.status} ${await response.text()}`);
}

/** What a newcomer wants to see first: a way in at each door. */
async function welcome(edge) {
  console.log(`\n信衡 Xinheng runs at ${edge.url}\n`);
  if (process.env.DEMO === "1") {
    await ensureDemo(edge, (what) => console.log(`· ${what}`));
    console.log("\nSign in to the demo book (each link once, within seven days; fresh ones at every start):\n");
    for (const { door, name, url } of await demoLinks(edge)) console.log(`  ${door.padEnd(7)} ${name.padEnd(5, "　")} ${url}`);
  }
  console.log("\nCtrl+C ends it.");
}

async function main() {
  const { PORT = "8787", DATA = ".data", BUILD = "worker/build", FILES = "dist/quick", HOST, ADDRESS_HEADER, LOCAL_HOOKS } = process.env;
  const edge = await start({ build: BUILD, files: FILES, data: DATA, port: Number(PORT), host: HOST, addressHeader: ADDRESS_HEADER, localHooks: LOCAL_HOOKS === "1" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, edge.stop);
  await welcome(edge);
  await edge.exited;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
