// The edge for a test: real workerd, the testing build, books in a folder of its own that goes when the test ends.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../../worker/selfhost/serve.mjs";
import { Contract } from "./contract.mjs";

const BUILD = process.env.BUILD ?? "worker/build-testing";
export const FILES = process.env.FILES ?? "dist/quick";

// A test run that is ended takes its edges along.
for (const signal of ["SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/** A running edge that can be stopped, killed and started again on the same data. */
export class Edge {
  #running;

  /**
   * Starts a fresh one of what was built on a free port, with the pages of `files`. Whatever the API answers is held against
   * what its document tells, unless nothing is to be `checked`. With `localHooks` messages may go to a receiver on this machine.
   */
  static async start({ build = BUILD, files = FILES, checked = true, localHooks = false } = {}) {
    const edge = new Edge();
    edge.contract = checked ? Contract.ours() : undefined;
    edge.build = build;
    edge.files = files;
    edge.localHooks = localHooks;
    edge.data = mkdtempSync(join(tmpdir(), "xinheng-"));
    await edge.#up(0);
    return edge;
  }

  async #up(port) {
    this.#running = await start({ build: this.build, files: this.files, data: this.data, port, quiet: true, addressHeader: "x-address-of-test", localHooks: this.localHooks });
    this.url = this.#running.url;
    this.secret = this.#running.secret;
  }

  /** The process that runs it. */
  get pid() {
    return this.#running.pid;
  }

  /** All that workerd has printed since it was last started. */
  get log() {
    return this.#running.said.join("");
  }

  /** A power cut: no warning, no chance to write. */
  async kill() {
    await this.#running.kill();
  }

  /** Starts again on the same data and port, so that open pages find it. */
  async restart() {
    await this.#running.stop();
    await this.#up(new URL(this.url).port);
  }

  /** Stops and removes the data. */
  async stop() {
    await this.#running.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** A plain request; follows no redirect, so that a test sees it. */
  fetch(path, options = {}) {
    return fetch(new URL(path, this.url), { redirect: "manual", ...options });
  }

  /** A call to the API with JSON both ways: the status and the body. */
  async api(method, path, body, headers = {}) {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const kind = body === undefined ? {} : { "content-type": "application/json" };
    const response = await this.fetch(`/api/v1/${path}`, { method, headers: { ...kind, ...headers }, ...sent });
    const bytes = Buffer.from(await response.arrayBuffer());
    // A file that goes out stays bytes.
    const read = (bytes) => (/json/.test(response.headers.get("content-type")) ? JSON.parse(bytes) : bytes);
    const answer = { status: response.status, headers: response.headers, body: bytes.length > 0 ? read(bytes) : undefined };
    if (!path.startsWith("testing/")) this.#keepsItsPromise(method, `/api/v1/${path}`, body, answer);
    return answer;
  }

  #keepsItsPromise(method, path, sent, { status, headers, body }) {
    this.contract?.check({ method, path, sent, status, type: headers.get("content-type") ?? undefined, body });
  }

  /** Sets the clock of the edge to a moment; it goes on from there. */
  setClock(moment) {
    return this.api("POST", `testing/clock?shift=${Date.parse(moment) - Date.now()}`);
  }
}
