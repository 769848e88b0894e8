// A stopwatch for the page: the same way of measuring as `domain/src/main.rs`. It runs in the browser.

const BATCH_MS = 30;
const BATCHES = 9;

/** The median and the least time of one run in microseconds; `work(times)` does it so many times. */
export function measure(work) {
  const time = (times) => {
    const start = performance.now();
    work(times);
    return performance.now() - start;
  };
  let times = 1;
  while (time(times) < BATCH_MS) times *= 2;
  const batches = Array.from({ length: BATCHES }, () => (time(times) * 1000) / times).sort((a, b) => a - b);
  return { micros: batches[Math.floor(BATCHES / 2)], least: batches[0] };
}
