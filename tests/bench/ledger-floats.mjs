// Aging and exposure as a web team would write them for speed: typed arrays of plain floats, one pass. They are what the
// exact versions are compared with; they run in the browser.

/** Splits rows of so many numbers, one after the other, into columns. */
export function columnsOf(flat, names) {
  const count = flat.length / names.length;
  return Object.fromEntries(names.map((name, place) => [name, Float64Array.from({ length: count }, (_, i) => flat[i * names.length + place])]));
}

/** Ages all documents: for each customer the amount by band, what is overdue, and the days of the oldest. */
export function aging({ whose, days, amount }, { of, paid }, ends, customers) {
  const open = Float64Array.from(amount);
  for (let i = 0; i < of.length; i++) open[of[i]] -= paid[i];
  const count = ends.length + 2;
  const bands = new Float64Array(customers * count);
  const overdue = new Float64Array(customers);
  const oldest = new Int32Array(customers);
  const documents = new Uint32Array(customers);
  for (let i = 0; i < open.length; i++) {
    if (open[i] === 0) continue;
    const owner = whose[i];
    let band = 0;
    if (days[i] > 0) {
      while (band < ends.length && days[i] > ends[band]) band++;
      band++;
      overdue[owner] += open[i];
      if (days[i] > oldest[owner]) oldest[owner] = days[i];
    }
    bands[owner * count + band] += open[i];
    documents[owner]++;
  }
  return { bands, overdue, oldest, documents };
}

/** The foot of the table: all customers' amounts by band. */
export function foot({ bands }, count) {
  const sums = new Float64Array(count);
  for (let i = 0; i < bands.length; i++) sums[i % count] += bands[i];
  return sums;
}

/** Sums what each customer owes, what of it is overdue, and the days of the oldest. */
export function exposure({ whose, days, amount }, customers) {
  const total = new Float64Array(customers);
  const overdue = new Float64Array(customers);
  const oldest = new Int32Array(customers);
  for (let i = 0; i < amount.length; i++) {
    const owner = whose[i];
    total[owner] += amount[i];
    if (days[i] > 0) {
      overdue[owner] += amount[i];
      if (days[i] > oldest[owner]) oldest[owner] = days[i];
    }
  }
  return { total, overdue, oldest };
}
