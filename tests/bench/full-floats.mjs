// The full what-if as a web team would write it for speed: both cards, caps, grade, all limit methods, security, over-limit,
// verdict, provision by customer and for the book, totals and how many move. Typed arrays of plain floats, the policy laid
// out in flat arrays first. It is what the exact, integer version is compared with; it runs in the browser.

const VERDICTS = ["approve", "warn", "hold", "refuse"];
const AUDITS = ["unqualified", "qualified", "unaudited"];
const AMOUNTS = [
  "perDay", "capital", "netWorth", "workingCapital", "turnover", "sales", "portfolio",
  "security", "exposure", "orders", "openItems", "overdue", "oldestDays",
];
const METHODS = 9;

const keyOf = (measure) => JSON.stringify(Object.fromEntries(Object.entries(measure).sort()));
const daysOf = (terms) => (terms.kind === "month_end" ? terms.days + 31 : terms.days ?? 0);

/** Lays out what the wasm gives: columns, and receivables summed by customer and line of the rule of provision. */
export function bookOf(policy, measures, flat, debts, count) {
  let place = 0;
  const next = (Kind = Float64Array) => Kind.from(flat.subarray(place * count, ++place * count));
  const columns = {};
  for (const [words, measure] of measures) columns[keyOf(measure)] = { words, values: next(), states: next(Uint8Array) };
  const prospect = next(Uint8Array);
  const audit = next(Int8Array);
  const screenings = policy.scoring.must_screen.map(() => next(Uint8Array));
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, next()]));
  const customers = prospect.indexOf(1);
  const share = amounts.overdue.map((overdue, i) => (amounts.openItems[i] > 0 ? overdue / amounts.openItems[i] : 0));
  const { starts, lines, exposed } = banded(policy, debts, count);
  return { count, customers: customers < 0 ? count : customers, columns, audit, screenings, ...amounts, share, starts, lines, exposed };
}

function banded(policy, debts, count) {
  const { first } = linesOf(policy);
  const starts = new Uint32Array(count + 1);
  const lines = [];
  const exposed = [];
  let at = 0;
  for (let row = 0; row < count; row++) {
    const own = new Map();
    for (; at < debts.length && debts[at] === row; at += 4) {
      const line = first[debts[at + 1]] + debts[at + 2];
      const share = Number(policy.provision.portfolios[debts[at + 1]].retention ?? 1);
      own.set(line, (own.get(line) ?? 0) + debts[at + 3] * share);
    }
    for (const [line, amount] of own) {
      lines.push(line);
      exposed.push(Math.max(amount, 0));
    }
    starts[row + 1] = lines.length;
  }
  return { starts, lines: Uint16Array.from(lines), exposed: Float64Array.from(exposed) };
}

/** The rates of provision, line after line, and where the lines of each portfolio begin. */
function linesOf(policy) {
  const first = [];
  const rates = [];
  for (const { method } of policy.provision.portfolios) {
    first.push(rates.length);
    rates.push(...(method.kind === "matrix" ? method.rates : [method.rate]).map(Number));
  }
  return { first, rates: Float64Array.from(rates) };
}

/** Lays out a policy document for the pass over a book. */
export function layOut(policy, book) {
  const { grade, limit, limit_methods: methods, order_check: check, scoring } = policy;
  const rankOf = (name) => grade.bands.findIndex((band) => band.grade === name);
  const shareOf = (share) => (share === undefined ? undefined : Number(share));
  const cardOf = (card) => ({
    most: card.lines.reduce((sum, line) => sum + Number(line.weight), 0),
    lines: card.lines.map((line) => {
      const { words, values, states } = book.columns[keyOf(line.measure)];
      const weight = Number(line.weight);
      const missing = weight * Number(line.missing);
      const points = (share) => (share === undefined ? missing : weight * share);
      const { scale } = line;
      const by = scale.kind === "words"
        ? { word: Float64Array.from(words, (word) => points(shareOf(scale.words[word]))) }
        : {
            from: Float64Array.from(scale.bins, (bin) => Number(bin.from)),
            points: Float64Array.from(scale.bins, (bin) => points(Number(bin.share))),
            below: points(Number(scale.below)),
          };
      return {
        values, states, weight, missing, ...by,
        statement: line.measure.kind === "ratio" || line.measure.kind === "altman",
        zero: points(shareOf(line.zero_denominator)), zeroKnown: line.zero_denominator === undefined ? 0 : weight,
        negative: points(shareOf(line.negative_denominator)), negativeKnown: line.negative_denominator === undefined ? 0 : weight,
      };
    }),
  });
  const knockOut = (measure, test) => ({ ...book.columns[keyOf(measure)], ...test });
  const caps = grade.knock_outs.map((rule) =>
    knockOut({ kind: "figure", figure: rule.characteristic }, { kind: "above", bound: Number(rule.above), cap: rankOf(rule.cap) }));
  for (const { when, cap } of scoring.knock_outs) {
    const rank = rankOf(cap);
    if (when.kind === "above" || when.kind === "below") {
      caps.push(knockOut(when.measure, { kind: when.kind, bound: Number(when.bound), cap: rank }));
    } else if (when.kind === "negative_denominator") {
      caps.push(knockOut(when.measure, { kind: "negative", cap: rank }));
    } else if (when.kind === "zone") {
      // The shipped policy asks for one zone of one model: Z″ in distress is below 1.10.
      if (when.model !== "z_double_prime" || when.zone !== "distress") throw new Error(`no float knows the zone ${when.zone} of ${when.model}`);
      caps.push(knockOut({ kind: "altman", model: when.model }, { kind: "below", bound: 1.1, cap: rank }));
    } else {
      const column = book.columns[keyOf({ kind: "appraisal", category: when.category })];
      caps.push({ ...column, kind: "word", bound: column.words.indexOf(when.word), cap: rank });
    }
  }
  const rows = grade.bands.map((band) => limit.grades.find((row) => row.grade === band.grade));
  const own = grade.bands.map((band) => methods.grades.find((row) => row.grade === band.grade));
  // A method that a grade doesn't use never is the least.
  const shares = (name) => Float64Array.from(own, (row) => Number(row?.[name] ?? Infinity));
  return {
    cards: [cardOf(scoring.customer), cardOf(scoring.prospect)],
    trust: Float64Array.from([0, ...AUDITS.map((audit) => Number(scoring.trust.audit[audit] ?? 0))]),
    marked: Number(scoring.trust.marked),
    bands: Float64Array.from(grade.bands, (band) => Number(band.from)),
    grades: grade.bands.length,
    confidence: Number(grade.confidence_at_least),
    unsure: rankOf(grade.unsure_cap),
    caps,
    hits: scoring.must_screen.map((kind) => rankOf(policy.credit_file.screenings.find((rule) => rule.kind === kind)?.cap ?? grade.bands[0].grade)),
    unscreened: rankOf(scoring.unscreened_cap),
    named: Uint8Array.from(rows, (row) => Number(row !== undefined)),
    factor: Float64Array.from(rows, (row) => (row ? Number(row.need_factor) * (daysOf(row.terms) + limit.lag_days + limit.late_days) : 0)),
    capital: Float64Array.from(rows, (row) => Number(row?.capital_share ?? 0)),
    cap: Float64Array.from(rows, (row) => Number(row?.cap.amount ?? 0)),
    trial: Float64Array.from(rows, (row) => Number(row?.trial.amount ?? 0)),
    netWorth: shares("net_worth_share"),
    workingCapital: shares("working_capital_share"),
    turnover: shares("turnover_share"),
    sales: shares("sales_factor").map((factor, i) => factor * (rows[i] ? daysOf(rows[i].terms) / 360 : 0)),
    concentration: Number(methods.concentration_share),
    security: Float64Array.from(own, (row) => Number(row?.security_share ?? 0)),
    step: Number(limit.round_to.amount),
    refused: Uint8Array.from(grade.bands, (band) => Number(check.refused_grades.includes(band.grade))),
    tolerance: Number(check.tolerance),
    noLimit: VERDICTS.indexOf(check.no_limit),
    late: {
      amount: Number(check.overdue.small_amount.amount),
      share: Number(check.overdue.small_share),
      grace: check.overdue.grace_days,
      hold: check.overdue.hold_days,
      refuse: check.overdue.refuse_days,
      holdShare: Number(check.overdue.hold_share),
    },
    rates: linesOf(policy).rates,
  };
}

/** Runs a policy over all customers. */
export function pass(policy, book) {
  const { count } = book;
  const points = new Float64Array(count);
  const confidence = new Float64Array(count);
  score(policy, policy.cards[0], book, 0, book.customers, points, confidence);
  score(policy, policy.cards[1], book, book.customers, count, points, confidence);
  const byScore = new Uint8Array(count);
  const capped = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let place = 0;
    while (place < policy.bands.length - 1 && points[i] < policy.bands[place]) place++;
    byScore[i] = place;
    if (confidence[i] < policy.confidence) capped[i] = policy.unsure;
  }
  for (const { kind, values, states, bound, cap } of policy.caps) {
    for (let i = 0; i < count; i++) {
      const hit = kind === "above" ? values[i] > bound : kind === "below" ? values[i] < bound
        : kind === "word" ? values[i] === bound : (states[i] & 3) === 3;
      if (hit && capped[i] < cap) capped[i] = cap;
    }
  }
  book.screenings.forEach((states, kind) => {
    const hit = policy.hits[kind];
    for (let i = 0; i < count; i++) {
      const cap = states[i] === 2 ? hit : states[i] === 0 ? policy.unscreened : 0;
      if (capped[i] < cap) capped[i] = cap;
    }
  });
  return { points, confidence, byScore, capped, ...limits(policy, book, byScore, capped) };
}

function score(policy, card, book, start, end, points, confidence) {
  const { audit } = book;
  const { trust, marked } = policy;
  for (const line of card.lines) {
    const { values, states, weight, missing, statement, word, from, points: given, below } = line;
    for (let i = start; i < end; i++) {
      const state = states[i] & 3;
      let sum = missing;
      let known = 0;
      if (state === 0) {
        known = weight;
        if (word) {
          sum = word[values[i]];
        } else {
          const value = values[i];
          let bin = from.length - 1;
          while (bin >= 0 && from[bin] > value) bin--;
          sum = bin < 0 ? below : given[bin];
        }
      } else if (state === 2) {
        sum = line.zero;
        known = line.zeroKnown;
      } else if (state === 3) {
        sum = line.negative;
        known = line.negativeKnown;
      }
      if (statement) {
        known *= trust[audit[i] + 1];
        if (states[i] & 4) known *= marked;
      }
      points[i] += sum;
      confidence[i] += known;
    }
  }
  for (let i = start; i < end; i++) confidence[i] /= card.most;
}

function limits(policy, book, byScore, capped) {
  const { count, perDay, capital, netWorth, workingCapital, turnover, sales, portfolio, security } = book;
  const { exposure, orders, overdue, oldestDays, share, starts, lines, exposed } = book;
  const { late: rule, rates } = policy;
  const rank = new Uint8Array(count);
  const limit = new Float64Array(count);
  const short = new Float64Array(count);
  const binding = new Uint8Array(count);
  const over = new Uint8Array(count);
  const verdict = new Uint8Array(count);
  const provision = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const grade = byScore[i] > capped[i] ? byScore[i] : capped[i];
    rank[i] = grade;
    let amount = 0;
    let method = METHODS;
    if (policy.named[grade]) {
      const trial = perDay[i] !== perDay[i];
      let least = trial ? policy.trial[grade] : perDay[i] * policy.factor[grade];
      method = trial ? 1 : 0;
      // What is unknown is no number and less than nothing.
      let next = Math.max(capital[i], 0) * policy.capital[grade];
      if (next < least) { least = next; method = 2; }
      if (policy.cap[grade] < least) { least = policy.cap[grade]; method = 3; }
      next = Math.max(netWorth[i], 0) * policy.netWorth[grade];
      if (next < least) { least = next; method = 4; }
      next = Math.max(workingCapital[i], 0) * policy.workingCapital[grade];
      if (next < least) { least = next; method = 5; }
      next = Math.max(turnover[i], 0) * policy.turnover[grade];
      if (next < least) { least = next; method = 6; }
      next = Math.max(sales[i], 0) * policy.sales[grade];
      if (next < least) { least = next; method = 7; }
      next = Math.max(portfolio[i], 0) * policy.concentration;
      if (next < least) { least = next; method = 8; }
      amount = Math.floor(least / policy.step) * policy.step;
    }
    limit[i] = amount;
    binding[i] = method;
    const lacking = amount * policy.security[grade] - security[i];
    short[i] = policy.security[grade] > 0 && lacking > 0 ? lacking : 0;
    const bound = amount * (1 + policy.tolerance);
    const beyond = exposure[i] > bound;
    over[i] = beyond ? 1 : 0;
    if (orders[i] > 0) {
      const small = overdue[i] <= rule.amount || share[i] <= rule.share || oldestDays[i] <= rule.grace;
      const late = small ? 0 : oldestDays[i] > rule.refuse ? 3 : oldestDays[i] > rule.hold || share[i] > rule.holdShare ? 2 : 1;
      const byLimit = amount === 0 ? policy.noLimit : beyond ? 2 : exposure[i] > amount ? 1 : 0;
      verdict[i] = Math.max(late, byLimit, policy.refused[grade] ? 3 : 0);
    }
    let sum = 0;
    for (let entry = starts[i]; entry < starts[i + 1]; entry++) sum += exposed[entry] * rates[lines[entry]];
    provision[i] = sum;
  }
  return { rank, limit, short, binding, over, verdict, provision };
}

/** Adds up a pass. The shipped policy provides by age alone, so the book's provision is that of its customers. */
export function totals(policy, { exposure, orders, count }, outcome) {
  const { byScore, capped, rank, limit, short, binding, over, verdict, provision } = outcome;
  const sums = {
    by_grade: new Uint32Array(policy.grades), by_score: new Uint32Array(policy.grades), by_method: new Uint32Array(METHODS + 1),
    by_verdict: new Uint32Array(4), capped: 0, limit: 0, exposure: 0, over_customers: 0, over_amount: 0, held_amount: 0,
    short_customers: 0, short_amount: 0, provision: 0,
  };
  for (let i = 0; i < count; i++) {
    sums.by_grade[rank[i]]++;
    sums.by_score[byScore[i]]++;
    sums.by_method[binding[i]]++;
    if (orders[i] > 0) sums.by_verdict[verdict[i]]++;
    if (capped[i] > byScore[i]) sums.capped++;
    sums.limit += limit[i];
    sums.exposure += exposure[i];
    if (over[i]) {
      sums.over_customers++;
      sums.over_amount += exposure[i] - limit[i];
    }
    if (verdict[i] >= 2) sums.held_amount += orders[i];
    if (short[i] > 0) sums.short_customers++;
    sums.short_amount += short[i];
    sums.provision += provision[i];
  }
  return sums;
}

/** Compares two passes: who moves to which grade, whose limit and provision rise and fall; nobody is named. */
export function compare({ grades }, before, after) {
  const migration = new Uint32Array(grades * grades);
  const moved = { limitUp: 0, limitDown: 0, provisionUp: 0, provisionDown: 0, held: 0, freed: 0 };
  for (let i = 0; i < after.rank.length; i++) {
    migration[before.rank[i] * grades + after.rank[i]]++;
    const change = after.limit[i] - before.limit[i];
    if (change > 0) moved.limitUp += change;
    else moved.limitDown -= change;
    const provided = after.provision[i] - before.provision[i];
    if (provided > 0) moved.provisionUp += provided;
    else moved.provisionDown -= provided;
    if (before.verdict[i] < 2 && after.verdict[i] >= 2) moved.held++;
    if (before.verdict[i] >= 2 && after.verdict[i] < 2) moved.freed++;
  }
  return { migration, ...moved };
}

/** Where these totals are not the exact ones: the name, the float's figure and the exact one. */
export function differences(floats, exact) {
  const found = [];
  const told = (name, float, whole) => {
    if (float !== whole) found.push([name, float, whole]);
  };
  for (const name of ["by_grade", "by_score", "by_verdict"]) exact[name].forEach((whole, i) => told(`${name}[${i}]`, floats[name][i], whole));
  for (const name of ["capped", "over_customers", "short_customers"]) told(name, floats[name], exact[name]);
  for (const name of ["limit", "exposure", "over_amount", "held_amount", "short_amount", "provision"]) told(name, floats[name], Number(exact[name].amount));
  return found;
}
