// The same what-if as a web team would write it for speed: typed arrays of plain floats, the policy laid out in flat arrays
// first. It is what the exact, integer version is compared with; it runs in the browser.

const CHARACTERISTICS = [
  "registered_capital", "years_in_business", "sales_trend", "days_beyond_terms",
  "overdue_share", "oldest_overdue_days", "years_with_us", "yearly_sales",
];
const VERDICTS = ["approve", "warn", "hold", "refuse"];

/** Splits what the wasm gives into columns. */
export function columnsOf(flat, count) {
  const names = [...CHARACTERISTICS, "perDay", "capital", "exposure", "orders", "openItems", "overdue", "oldestDays"];
  return Object.fromEntries(names.map((name, place) => [name, flat.slice(place * count, (place + 1) * count)]));
}

/** Lays out a policy document for the pass. */
export function layOut(policy) {
  const { scorecard, grade, limit, order_check: check } = policy;
  const rankOf = (name) => grade.bands.findIndex((band) => band.grade === name);
  const lines = scorecard.lines.map((line) => ({
    column: line.characteristic,
    weight: Number(line.weight),
    missing: Number(line.missing) * Number(line.weight),
    below: Number(line.below) * Number(line.weight),
    from: Float64Array.from(line.bins, (bin) => Number(bin.from)),
    points: Float64Array.from(line.bins, (bin) => Number(bin.share) * Number(line.weight)),
  }));
  const days = (terms) => (terms.kind === "month_end" ? terms.days + 31 : terms.days ?? 0);
  const rows = grade.bands.map((band) => limit.grades.find((row) => row.grade === band.grade));
  return {
    lines,
    most: lines.reduce((sum, line) => sum + line.weight, 0),
    bands: Float64Array.from(grade.bands, (band) => Number(band.from)),
    knockOuts: grade.knock_outs.map((rule) => ({ column: rule.characteristic, above: Number(rule.above), cap: rankOf(rule.cap) })),
    confidence: Number(grade.confidence_at_least),
    unsure: rankOf(grade.unsure_cap),
    factor: Float64Array.from(rows, (row) => (row ? Number(row.need_factor) * (days(row.terms) + limit.lag_days + limit.late_days) : 0)),
    share: Float64Array.from(rows, (row) => Number(row?.capital_share ?? 0)),
    cap: Float64Array.from(rows, (row) => Number(row?.cap.amount ?? 0)),
    trial: Float64Array.from(rows, (row) => Number(row?.trial.amount ?? 0)),
    step: Number(limit.round_to.amount),
    refused: Uint8Array.from(grade.bands, (band) => Number(check.refused_grades.includes(band.grade))),
    tolerance: Number(check.tolerance),
    noLimit: VERDICTS.indexOf(check.no_limit),
    overdue: {
      amount: Number(check.overdue.small_amount.amount),
      share: Number(check.overdue.small_share),
      grace: check.overdue.grace_days,
      hold: check.overdue.hold_days,
      refuse: check.overdue.refuse_days,
      holdShare: Number(check.overdue.hold_share),
    },
  };
}

/** Runs a policy over all customers: rank, limit, whether over it, verdict on open orders. */
export function pass(policy, columns) {
  const count = columns.exposure.length;
  const points = new Float64Array(count);
  const known = new Float64Array(count);
  for (const line of policy.lines) {
    const values = columns[line.column];
    const { from, points: given, weight, missing, below } = line;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      if (value !== value) {
        points[i] += missing;
      } else {
        let bin = from.length - 1;
        while (bin >= 0 && from[bin] > value) bin--;
        points[i] += bin < 0 ? below : given[bin];
        known[i] += weight;
      }
    }
  }
  const rank = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let place = 0;
    while (place < policy.bands.length - 1 && points[i] < policy.bands[place]) place++;
    rank[i] = known[i] / policy.most < policy.confidence && place < policy.unsure ? policy.unsure : place;
  }
  for (const { column, above, cap } of policy.knockOuts) {
    const values = columns[column];
    for (let i = 0; i < count; i++) if (values[i] > above && rank[i] < cap) rank[i] = cap;
  }
  const limit = new Float64Array(count);
  const over = new Uint8Array(count);
  const verdict = new Uint8Array(count);
  const { perDay, capital, exposure, orders, openItems, overdue, oldestDays } = columns;
  for (let i = 0; i < count; i++) {
    const grade = rank[i];
    let least = perDay[i] === perDay[i] ? perDay[i] * policy.factor[grade] : policy.trial[grade];
    if (capital[i] * policy.share[grade] < least) least = capital[i] * policy.share[grade];
    if (policy.cap[grade] < least) least = policy.cap[grade];
    const amount = Math.floor(least / policy.step) * policy.step;
    limit[i] = amount;
    const bound = amount * (1 + policy.tolerance);
    over[i] = exposure[i] > bound ? 1 : 0;
    if (orders[i] > 0) {
      const share = openItems[i] > 0 ? overdue[i] / openItems[i] : 0;
      const rule = policy.overdue;
      const small = overdue[i] <= rule.amount || share <= rule.share || oldestDays[i] <= rule.grace;
      const late = small ? 0 : oldestDays[i] > rule.refuse ? 3 : oldestDays[i] > rule.hold || share > rule.holdShare ? 2 : 1;
      const byLimit = amount === 0 ? policy.noLimit : exposure[i] > bound ? 2 : exposure[i] > amount ? 1 : 0;
      verdict[i] = Math.max(late, byLimit, policy.refused[grade] ? 3 : 0);
    }
  }
  return { rank, limit, over, verdict };
}

/** How many customers come out with another grade or limit than the exact version gives them. */
export function differing({ rank, limit }, exact) {
  let count = 0;
  for (let i = 0; i < rank.length; i++) {
    if (rank[i] !== Number(exact[2 * i]) || Math.round(limit[i] * 100) !== Number(exact[2 * i + 1])) count++;
  }
  return count;
}
