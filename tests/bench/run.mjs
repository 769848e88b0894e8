// Every figure that is worth watching, printed as tables. Nothing here passes or fails by the clock: times depend on the
// machine, so each stands beside something measured in the same run.
//
//   node tests/bench/run.mjs [sizes|domain|verdict|orders|imports …]      all of them by default

import { sizes } from "../../app/sizes.mjs";
import { BenchBook } from "./book.mjs";
import { domain } from "./domain.mjs";
import { firstVerdict } from "./first-verdict.mjs";
import { orderChecks } from "./http.mjs";
import { importRate } from "./imports.mjs";

/** Customers and documents: a book as most companies have it, and a large one. */
const BOOKS = [[300, 6_000], [10_000, 200_000]];

const FIGURES = {
  sizes: () => sizes("dist/release"),
  domain,
  verdict: () => withBook(BOOKS[0], (book) => firstVerdict(book)),
  async orders() {
    for (const size of BOOKS) await withBook(size, (book) => orderChecks(book, size));
  },
  async imports() {
    for (const each of [25_000, 100_000]) await importRate(10_000, 100_000, each);
  },
};

async function withBook(size, act) {
  const book = await BenchBook.start(...size);
  try {
    await act(book);
  } finally {
    await book.stop();
  }
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(FIGURES);
for (const name of wanted) await FIGURES[name]();
