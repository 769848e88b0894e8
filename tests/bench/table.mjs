// Tables for a terminal.

/** Prints rows under a heading; the first column reads from the left, the others end at the right. */
export function table(heading, columns, rows) {
  const cells = [columns, ...rows.map((row) => row.map((cell) => String(cell ?? "—")))];
  const widths = columns.map((_, place) => Math.max(...cells.map((row) => row[place].length)));
  const line = (row) => `  ${row.map((cell, place) => (place === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[place]))).join("   ")}`;
  console.log(`\n${heading}\n`);
  for (const row of cells) console.log(line(row));
}

/** Microseconds, in the unit that reads best. */
export function time(micros) {
  if (micros === undefined) return undefined;
  if (micros < 1) return `${(micros * 1000).toFixed(0)} ns`;
  if (micros < 1000) return `${micros.toFixed(micros < 10 ? 2 : 0)} µs`;
  return `${(micros / 1000).toFixed(micros < 10_000 ? 2 : 1)} ms`;
}

/** How many times one is the other. */
export const ratio = (one, other) => (one === undefined || other === undefined ? undefined : `${(one / other).toFixed(2)}×`);

/** A thousand's comma. */
export const count = (number) => number.toLocaleString("en");

/** The middle of some numbers. */
export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The number that a share of them does not exceed. */
export const quantile = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
