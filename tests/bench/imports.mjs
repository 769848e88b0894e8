// How fast files come in: invoices staged (decoded, read row by row, compared with the book) and recorded, in files of several
// sizes; how long somebody else's request waits meanwhile; and how much memory the edge takes. Release build, plain workerd.

import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { BenchBook, bring, files } from "./book.mjs";
import { count, quantile, table, time } from "./table.mjs";

/** Somebody else asks every so many milliseconds. */
const PROBE_EACH = 25;

/** Brings `documents` invoices of `customers` in, `each` in a file. */
export async function importRate(customers, documents, each) {
  // Made first: a connection that waits for them would be closed.
  const [, ...texts] = files(customers, documents, each);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const book = await BenchBook.start(customers, 0);
  let going = true;
  try {
    const finance = await book.signIn("finance");
    const officer = await book.signIn("officer");
    const waits = { staging: [], recording: [] };
    let now = "staging";
    const probe = (async () => {
      while (going) {
        const [phase, begun] = [now, performance.now()];
        await officer.get("session");
        waits[phase].push(performance.now() - begun);
        await wait(PROBE_EACH);
      }
    })();
    const spent = { staging: 0, recording: 0 };
    const timed = async (phase, act) => {
      now = phase;
      const begun = performance.now();
      const answer = await act();
      spent[phase] += performance.now() - begun;
      return answer;
    };
    for (const text of texts) await bring(finance, text, { phase: timed });
    going = false;
    await probe;
    const begun = performance.now();
    await bring(finance, texts.at(-1), { record: false });
    const known = performance.now() - begun;
    const rate = (millis, rows = documents) => `${count(Math.round(rows / (millis / 1000)))}/s`;
    const row = (name, phase) => {
      const waited = [0.5, 1].map((share) => millis(quantile(waits[phase], share)));
      return [name, seconds(spent[phase]), rate(spent[phase]), ...waited];
    };
    table(
      `${count(documents)} invoices of ${count(customers)} customers in ${texts.length} files of ${count(each)} (${Math.round(bytes / 1e6)} MB)`,
      ["", "time", "rows", "another's request, p50", "slowest"],
      [
        row("staged", "staging"),
        row("recorded", "recording"),
        ["together", seconds(spent.staging + spent.recording), rate(spent.staging + spent.recording), "", ""],
        ["last file again", seconds(known), rate(known, Math.min(each, documents)), "", ""],
      ],
    );
    console.log(`  workerd at its peak: ${Math.round(peak(book.edge.pid) / 1024)} MB`);
  } finally {
    going = false;
    await book.stop();
  }
}

const millis = (spent) => time(spent === undefined ? undefined : spent * 1000);
const seconds = (spent) => `${(spent / 1000).toFixed(1)} s`;

/** The most memory that a process has held, in KB, by the kernel. */
function peak(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}
