// A stopwatch for the page: the same way of measuring as `domain/src/main.rs`. It runs in the browser.

const BATCH_MS = 30;
const BATCHES = 9;
/** Work that takes longer is measured in fewer batches. */
const LONG_MS = 500;
const BATCHES_OF_LONG = 3;

/** The median and the least time of one run in microseconds; `work(times)` does it so many times. */
export function measure(work) {
  const time = (times) => {
    const start = performance.now();
    work(times);
    return performance.now() - start;
  };
  let times = 1;
  let took = time(times);
  while (took < BATCH_MS) {
    times *= 2;
    took = time(times);
  }
  const length = took > LONG_MS ? BATCHES_OF_LONG : BATCHES;
  const batches = Array.from({ length }, () => (time(times) * 1000) / times).sort((a, b) => a - b);
  return { micros: batches[Math.floor(length / 2)], least: batches[0] };
}
