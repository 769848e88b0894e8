// Power cuts at any moment while many people work: nothing that was acknowledged is lost, nothing is half done, the trail
// holds, and every balance is the one that a ledger of our own comes to.
//
// Clients live stories: orders that are confirmed, changed, brought on their way and called off; receipts; files that are
// staged, recorded, undone; a bank's money that is claimed, and money that goes back; write-offs, pieces, applications, holds,
// drafts, rates. What one command
// writes is learned while nothing else runs: so many rows of every table. From then on every table must hold, after every
// cut, exactly the rows of what was acknowledged and of those commands that were cut and happened all the same. Which these
// are shows when they are sent again: what happened has its answer and writes nothing, what didn't writes all of its rows.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Book, charged, granted, newId, yuan } from "./book.mjs";
import { seeded } from "./proof.mjs";

const TODAY = "2026-11-20";
const EARLIER = "2026-11-02";
/** How many commands are answered before the power is cut, at most; and so many milliseconds later it is, at most. */
const WORK = 80;
const THEN_MILLIS = 20;
/** How many customers everybody works on. */
const SHARED = 24;
/** What each of them owes from before, in cents: so much that no story pays it. */
const OWED = 1_000_000_000;
/** Rows of a file of receivables. */
const ROWS = 20;
/** Tables of what whoever looks reads anew: no command's. Whether they hold what the facts give is compared apart. */
const READ_ANEW = ["further_version", "evidence"];
/** How many writes from before the last cut are sent again, too. */
const EARLIER_AGAIN = 5;

/** Cuts the power so many times while so many clients work; what was seen. */
export async function kills(edge, times, { seed = 2, clients = 12, code = `kills-${seed}` } = {}) {
  const work = await Work.begin(edge, code, clients, seeded(seed));
  await work.learn();
  const lives = Promise.all(Array.from({ length: clients }, (_, client) => work.live(client)));
  for (let cut = 0; cut < times; cut++) {
    work.open();
    await Promise.race([work.answers(Math.floor(work.random() * WORK)), lives]);
    await Promise.race([wait(work.random() * THEN_MILLIS), lives]);
    work.close();
    await edge.kill();
    await Promise.race([work.rest(), lives]);
    await edge.restart();
    await work.check();
  }
  await work.checkTrail(0);
  return { kills: times, clients, ...work.seen };
}

class Work {
  static async begin(edge, code, clients, random) {
    const book = await Book.create(edge, code, { demo_today: TODAY });
    const logins = ["sales", "officer", "manager", "director", "finance", "admin", "auditor"];
    const people = Object.fromEntries(await Promise.all(logins.map(async (login) => [login, await book.signIn(login)])));
    const some = (letter, count, limit) =>
      Array.from({ length: count }, (_, i) => ({ id: randomUUID(), code: `${letter}-${i}`, salesperson: book.people.sales, limit }));
    // Each client has a customer whose limit it asks for and some of whose debt is lost, and one whose orders are held; one
    // more of each is to learn by.
    const [shared, asking, held] = [some("S", SHARED, 900_000_000), some("A", clients + 1, 100_000), some("H", clients + 1, 100_000)];
    const all = [...shared, ...asking, ...held];
    await book.customers(...all.map(({ limit, ...file }) => file));
    await book.facts(...all.flatMap(({ id, limit }) => granted(id, EARLIER, limit)));
    const owing = [...shared, ...asking];
    const documents = owing.map(({ id, code }) => charged(id, `${code}-0`, EARLIER, "2026-12-02", OWED / 100));
    await book.facts(...documents);
    owing.forEach((customer, i) => (customer.owed = documents[i].fact.id));
    // A ledger from which money went back is kept otherwise than others.
    for (const { id: customer } of asking) {
      const receipt = randomUUID();
      const came = { receipt, customer, date: TODAY, amount: yuan(1), apply: [] };
      assert.equal((await people.finance.write("POST", "receipts", came)).status, 200);
      const back = { date: TODAY, amount: yuan(1), reason: "退汇" };
      assert.equal((await people.finance.write("POST", `receipts/${receipt}/returns`, back)).status, 200);
    }
    // A file that somebody began keeps something once.
    for (const { id } of shared) {
      const piece = { id: newId(), piece: { kind: "contact", what: { name: "林" } } };
      assert.equal((await people.officer.write("POST", `customers/${id}/pieces`, piece)).status, 200);
    }
    const balances = new Map(all.flatMap(({ id }) => [[id, 0], [lost(id), 0]]));
    for (const { id } of owing) balances.set(id, OWED);
    const { versions } = (await people.officer.get("policies")).body;
    return Object.assign(new Work(), { edge, book, people, random, shared, asking, held, clients, balances, policy: versions[0].policy });
  }

  /** By kind of command: how many rows it writes into which table. */
  shapes = new Map();
  /** What was answered since the last cut, what was before it, and what never got an answer. */
  answered = [];
  earlier = [];
  cut = [];
  /** What is on its way. */
  flying = new Set();
  numbers = 0;
  rates = 0;
  isOpen = false;
  trail = 0;
  seen = { answered: 0, answeredAgain: 0, cut: 0, happened: 0, never: 0, rowsOnly: 0, looks: 0, kinds: {} };

  open() {
    this.isOpen = true;
    this.opened?.();
  }

  close() {
    this.isOpen = false;
    this.gate = new Promise((opened) => (this.opened = opened));
  }

  /** Until so many commands were answered. */
  async answers(count) {
    while (this.answered.length < count) await new Promise((answered) => (this.tell = answered));
  }

  /** Until all that is on its way was answered or cut. */
  async rest() {
    await Promise.all(this.flying);
  }

  pick = (list) => list[Math.floor(this.random() * list.length)];
  cents = () => 1 + Math.floor(this.random() * 9_999);
  next = (letter) => `${letter}${(this.numbers += 1)}`;

  /** How many rows each table has. */
  async rows() {
    const { status, body } = await this.book.testing("counts");
    assert.equal(status, 200, JSON.stringify(body));
    return new Map(Object.entries(body).filter(([table]) => !READ_ANEW.includes(table)).map(([table, count]) => [table, Number(count)]));
  }

  /** Lives stories, one after the other, as one client. */
  async live(client) {
    const stories = Object.values(STORIES).flatMap(({ often, tell }) => Array(often).fill(tell));
    for (;;) await this.pick(stories)(this, client);
  }

  /**
   * Lives every story three times while nothing else runs. The first time some tables get what they keep once; the second
   * and third time each kind of command must write the same.
   */
  async learn() {
    this.open();
    for (const round of ["first", "second", "third"]) {
      for (const { tell } of Object.values(STORIES)) {
        this.learning = round === "first" ? undefined : { before: await this.rows() };
        await tell(this, this.clients);
      }
    }
    this.learning = undefined;
    this.close();
    this.settleBalances(this.answered);
    this.answered = [];
    this.base = await this.rows();
    assert.deepEqual(await this.balancesKept(), this.balances);
    this.base = await this.rows();
    await this.checkTrail();
  }

  /**
   * A command of a story; its answer, even if that comes only after a cut. `moves` says by how many cents it changes what
   * whom owes. Anything but success is a fault.
   */
  async command(kind, caller, method, path, body, { version, moves = [], send } = {}) {
    const key = randomUUID();
    const headers = version === undefined ? {} : { "if-match": `"${version}"` };
    const command = { kind, moves, send: send ? () => send(key) : () => caller.write(method, path, body, key, headers) };
    while (!this.isOpen) await this.gate;
    const flight = command.send().then((answer) => ({ answer }), (error) => ({ error }));
    this.flying.add(flight);
    const { answer, error } = await flight;
    this.flying.delete(flight);
    if (answer) {
      if (this.learning) await this.learnt(kind);
      return this.noted(command, answer);
    }
    // `fetch` says so when the connection ends.
    if (!(error instanceof TypeError)) throw error;
    return new Promise((settle) => this.cut.push({ ...command, settle }));
  }

  /** What a page asks in between; it may be cut like anything else. */
  async look(method, path, body) {
    while (!this.isOpen) await this.gate;
    const flight = this.people.officer.ask(method, path, body).then((answer) => ({ answer }), (error) => ({ error }));
    this.flying.add(flight);
    const { answer, error } = await flight;
    this.flying.delete(flight);
    if (error && !(error instanceof TypeError)) throw error;
    assert.ok(!answer || answer.status === 200, JSON.stringify(answer?.body));
    this.seen.looks += answer ? 1 : 0;
  }

  async learnt(kind) {
    const after = await this.rows();
    const shape = difference(after, this.learning.before);
    this.learning.before = after;
    if (this.shapes.has(kind)) assert.deepEqual(shape, this.shapes.get(kind), `${kind} writes the same every time`);
    else this.shapes.set(kind, shape);
  }

  noted(command, answer) {
    assert.ok(answer.status < 300, `${command.kind}: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.answered.push({ ...command, answer });
    this.tell?.();
    return answer.body;
  }

  settleBalances(commands, balances = this.balances) {
    for (const { moves } of commands) {
      for (const [customer, cents] of moves) balances.set(customer, (balances.get(customer) ?? 0) + cents);
    }
  }

  /**
   * After a restart:
   *
   * 1. What is found: the rows of every table, every balance.
   * 2. What got no answer is sent again: it either happened, or happens now, whole.
   * 3. What is found is what was answered and what happened.
   * 4. What was answered gets the same answer again, and writes nothing.
   * 5. Standings are what their facts give, the trail holds, a statement ties out.
   */
  async check() {
    // 1
    const found = await this.rows();
    const balancesFound = await this.balancesKept();
    let now = await this.rows();
    // 2
    const rows = [...this.answered.map(({ kind }) => this.shapes.get(kind))];
    this.settleBalances(this.answered);
    const later = [];
    for (const { settle, ...command } of this.cut) {
      const answer = await command.send();
      assert.ok(answer.status < 300, `${command.kind}, sent again after a cut: ${answer.status} ${JSON.stringify(answer.body)}`);
      const after = await this.rows();
      const wrote = difference(after, now);
      const [shape, came] = [this.shapes.get(command.kind), this.onlyItsRows(command.kind, wrote)];
      if (wrote.size === 0) {
        rows.push(shape);
        this.settleBalances([command]);
      } else {
        // Rows of a file may wait in the stage without it; nobody sees them.
        if (came) rows.push(came);
        else assert.deepEqual(wrote, shape, `${command.kind}: what a cut left undone happens whole`);
        later.push(command);
      }
      this.seen[wrote.size === 0 ? "happened" : came ? "rowsOnly" : "never"] += 1;
      now = after;
      this.answered.push({ ...command, answer, afterCut: true });
      settle(answer.body);
    }
    this.seen.cut += this.cut.length;
    this.cut = [];
    // 3
    assert.deepEqual(found, sum(this.base, ...rows), "each table has the rows of what was answered and of what happened");
    assert.deepEqual(balancesFound, this.balances, "each balance is what was answered and what happened");
    this.settleBalances(later);
    // 4
    const again = [...this.answered, ...Array.from({ length: Math.min(EARLIER_AGAIN, this.earlier.length) }, () => this.pick(this.earlier))];
    for (const { kind, send, answer } of again) {
      const { status, body } = await send();
      assert.deepEqual([status, body], [answer.status, answer.body], `${kind}: the answer that was given`);
    }
    assert.deepEqual(await this.rows(), now, "what is sent again writes nothing");
    for (const { kind } of this.answered) this.seen.kinds[kind] = (this.seen.kinds[kind] ?? 0) + 1;
    this.seen.answered += this.answered.filter(({ afterCut }) => !afterCut).length;
    this.seen.answeredAgain += again.length;
    this.earlier.push(...this.answered);
    this.answered = [];
    // 5
    const { body } = await this.book.testing("verify");
    assert.deepEqual([body.differing, body.journals, body.further], [[], [], []], "what is kept is what the facts give");
    await this.checkTrail();
    for (const some of [this.shared, this.asking]) await this.checkStatement(this.pick(some));
    assert.deepEqual(await this.balancesKept(), this.balances);
    this.base = await this.rows();
  }

  /** What was there already when a file that was cut came in again: its rows; absent when it wasn't that. */
  onlyItsRows(kind, wrote) {
    if (!kind.startsWith("stage_")) return undefined;
    const { import_part: part, ...rest } = Object.fromEntries(this.shapes.get(kind));
    const left = new Map([["import_part", part]]);
    return part && sameRows(wrote, new Map(Object.entries(rest))) ? left : undefined;
  }

  /** By customer: what is owed less what came in, and what of it is written off, in cents, from the book's journal. */
  async balancesKept() {
    const { status, body } = await this.people.finance.get("journal");
    assert.equal(status, 200, JSON.stringify(body));
    const { customers, items, cash, written_off: off = [] } = body.columns;
    const kept = new Map([...this.balances.keys()].map((id) => [id, 0]));
    const add = (place, cents) => kept.set(customers[place], (kept.get(customers[place]) ?? 0) + cents);
    items.minor.forEach((minor, i) => add(items.customer[i], minor));
    for (const { item, minor } of off) {
      const id = lost(customers[items.customer[item]]);
      kept.set(id, kept.get(id) + minor);
    }
    cash.minor.forEach((minor, i) => cash.received[i] === 1 && add(cash.customer[i], -minor));
    return kept;
  }

  /**
   * A statement closes with the balance; its open documents, by age too, and its money say the same. What our own books count
   * on is that less what was written off, which the customer goes on owing.
   */
  async checkStatement({ id }) {
    const { status, body } = await this.people.finance.get(`customers/${id}/statement?from=2026-01-01&to=${TODAY}`);
    assert.equal(status, 200, JSON.stringify(body));
    const [account] = body.statement.accounts;
    const cents = ({ amount }) => Math.round(Number(amount) * 100);
    const total = (list) => list.reduce((sum, money) => sum + cents(money), 0);
    assert.equal(cents(account.closing), this.balances.get(id), "the statement closes with the balance");
    const open = total(account.open.map(({ open }) => open));
    assert.equal(open - cents(account.unapplied), this.balances.get(id), "what is open, less what isn't applied, is the balance");
    const { bands, open: aged } = account.aging;
    assert.deepEqual([bands.reduce((total, minor) => total + minor, 0), aged], [open, open], "what is open by age is what is open");
    const { standing } = (await this.people.officer.get(`customers/${id}`)).body;
    const counted = total(standing.open.map(({ amount }) => amount)) - total(standing.unapplied);
    assert.equal(counted, this.balances.get(id) - this.balances.get(lost(id)), "what we count on is the balance less what is lost");
  }

  /** The audit trail is whole from where it was last seen to hold, or from where it is told. */
  async checkTrail(from = this.trail) {
    for (let after = from; after !== undefined; ) {
      const { status, body } = await this.people.auditor.get(`audit/verification?after=${after}`);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.broken, undefined, "the trail holds");
      assert.ok(body.sound_to >= this.trail || body.next, "nothing is cut off its end");
      [after, this.trail] = [body.next, Math.max(this.trail, body.sound_to)];
    }
  }
}

/** Under which name the balances hold what is written off of a customer's. */
const lost = (customer) => `${customer} lost`;

/** By table: how many rows there are more. */
function difference(after, before) {
  return new Map([...after].map(([table, count]) => [table, count - (before.get(table) ?? 0)]).filter(([, count]) => count !== 0));
}

function sum(base, ...shapes) {
  const total = new Map(base);
  for (const shape of shapes) for (const [table, count] of shape) total.set(table, (total.get(table) ?? 0) + count);
  return total;
}

function sameRows(one, other) {
  return one.size === other.size && [...one].every(([table, count]) => other.get(table) === count);
}

const order = (customer, amount) => ({ order: { id: randomUUID(), customer: customer.id, amount: yuan(amount), terms: { kind: "net", days: 30 } }, decision: randomUUID() });
const money = (cents) => ({ amount: (cents / 100).toFixed(2), currency: "CNY" });

/** Sends a file. */
function upload(caller, to, bytes, query) {
  return async (key) => {
    const headers = { "content-type": "application/octet-stream", "idempotency-key": key, cookie: caller.cookie };
    const response = await caller.edge.fetch(`/api/v1/${to}?${new URLSearchParams(query)}`, { method: "POST", headers, body: bytes });
    return { status: response.status, body: await response.json() };
  };
}

/** A file of receivables; what it adds to whose balance. */
function receivables(work, customers) {
  const [moves, lines, id] = [new Map(), [], randomUUID()];
  for (let row = 0; row < ROWS; row++) {
    const [customer, cents] = [customers[row % customers.length], work.cents()];
    lines.push(`${work.next("F")},${customer.code},2026-11-03,2026-12-03,${(cents / 100).toFixed(2)}`);
    moves.set(customer.id, (moves.get(customer.id) ?? 0) + cents);
  }
  const bytes = `发票号,客户编号,开票日期,到期日,价税合计\n${lines.join("\n")}\n`;
  return { id, moves: [...moves], send: upload(work.people.finance, "imports", bytes, { id, name: `${work.next("file-")}.csv` }) };
}

/** What people live through, and how often. Each step follows on the one before it; none depends on what others do. */
const STORIES = {
  order: {
    often: 6,
    async tell(work, client) {
      const customer = work.pick(work.shared);
      const caller = work.people[["sales", "officer", "manager"][client % 3]];
      const asked = order(customer, work.cents());
      const { id } = asked.order;
      await work.look("POST", "checks", { order: asked.order });
      await work.command("confirm_order", caller, "POST", "orders", asked);
      const changed = { order: { ...asked.order, amount: yuan(work.cents()) }, decision: randomUUID() };
      await work.command("change_order", caller, "POST", `orders/${id}`, changed, { version: 1 });
      await work.look("GET", `orders/${id}`);
      await work.command("move_order", work.people.officer, "POST", `orders/${id}/checkpoints`, { at: "documents", decision: randomUUID() });
      await work.command("cancel_order", caller, "DELETE", `orders/${id}`);
    },
  },
  released: {
    often: 2,
    async tell(work, client) {
      const asked = order(work.held[client], 106_000);
      const path = `orders/${asked.order.id}`;
      await work.command("hold_by_check", work.people.sales, "POST", "orders", asked);
      await work.look("GET", "orders?status=held");
      const overage = { decision: randomUUID(), overage: yuan(10_000), reason: "客户已付款" };
      await work.command("release_order", work.people.manager, "POST", `${path}/release`, overage, { version: 1 });
      await work.command("cancel_released", work.people.officer, "DELETE", path);
    },
  },
  refused: {
    often: 1,
    async tell(work, client) {
      const asked = order(work.held[client], 300_000);
      await work.command("hold_by_check", work.people.sales, "POST", "orders", asked);
      await work.command("refuse_order", work.people.manager, "POST", `orders/${asked.order.id}/refusal`, { reason: "账已太多" }, { version: 1 });
    },
  },
  receipt: {
    often: 6,
    async tell(work) {
      const customer = work.pick(work.shared);
      for (const applied of [0, 1]) {
        const cents = work.cents();
        const apply = applied ? [[customer.owed, money(1 + Math.floor(work.random() * cents))]] : [];
        const receipt = { receipt: randomUUID(), customer: customer.id, date: TODAY, amount: money(cents), reference: work.next("R"), apply };
        await work.command(`record_receipt, applied ${applied}`, work.people.finance, "POST", "receipts", receipt, { moves: [[customer.id, -cents]] });
      }
    },
  },
  file: {
    often: 4,
    async tell(work) {
      const customers = Array.from({ length: 4 }, () => work.pick(work.shared));
      const { id, moves, send } = receivables(work, customers);
      await work.command("stage_import", undefined, "", "", undefined, { send });
      await work.command("commit_import", work.people.finance, "POST", `imports/${id}/commit`, undefined, { moves });
    },
  },
  undone: {
    often: 2,
    async tell(work) {
      const { id, moves, send } = receivables(work, [work.pick(work.shared)]);
      await work.command("stage_import", undefined, "", "", undefined, { send });
      await work.command("commit_import", work.people.finance, "POST", `imports/${id}/commit`, undefined, { moves });
      const back = moves.map(([customer, cents]) => [customer, -cents]);
      await work.command("undo_import", work.people.finance, "POST", `imports/${id}/undo`, undefined, { moves: back });
    },
  },
  discarded: {
    often: 1,
    async tell(work) {
      const { id, send } = receivables(work, [work.pick(work.shared)]);
      await work.command("stage_import", undefined, "", "", undefined, { send });
      await work.command("discard_import", work.people.finance, "DELETE", `imports/${id}`);
    },
  },
  bank: {
    often: 3,
    async tell(work) {
      const { finance } = work.people;
      const sums = [work.cents(), work.cents()];
      const lines = sums.map((cents) => `2026-11-20,${work.next("B")},${(cents / 100).toFixed(2)},海川`);
      const bytes = `交易日期,交易流水号,收入,对方户名\n${lines.join("\n")}\n`;
      const send = upload(finance, "bank", bytes, { id: randomUUID(), name: `${work.next("bank-")}.csv` });
      const { file, listed } = await work.command("stage_bank", undefined, "", "", undefined, { send });
      await work.command("commit_bank", finance, "POST", `bank/${file}/commit`);
      const [one, other] = listed.map(({ money: { receipt } }) => receipt);
      const customer = work.pick(work.shared);
      const claim = { customer: customer.id, apply: { how: "documents", documents: [[customer.owed, money(1)]] } };
      const cents = Math.round(Number(listed[0].money.amount.amount) * 100);
      await work.command("claim_receipt", finance, "POST", `pool/${one}/claim`, claim, { moves: [[customer.id, -cents]] });
      await work.command("set_receipt_aside", finance, "POST", `pool/${other}/aside`, { reason: "退回" });
    },
  },
  returned: {
    often: 2,
    async tell(work, client) {
      const { finance } = work.people;
      const [receipt, cents, customer] = [randomUUID(), 1 + work.cents(), work.asking[client]];
      const back = 1 + Math.floor(work.random() * cents);
      const came = { receipt, customer: customer.id, date: TODAY, amount: money(cents), apply: [[customer.owed, money(cents)]] };
      await work.command("receive", finance, "POST", "receipts", came, { moves: [[customer.id, -cents]] });
      const gone = { date: TODAY, amount: money(back), reason: "退汇" };
      await work.command("record_return", finance, "POST", `receipts/${receipt}/returns`, gone, { moves: [[customer.id, back]] });
    },
  },
  lost: {
    often: 2,
    async tell(work, client) {
      const { finance, manager, director } = work.people;
      const [id, receipt, cents, customer] = [newId(), randomUUID(), work.cents(), work.asking[client]];
      const word = { agrees: true, reason: "债务人注销" };
      await work.command("ask_write_off", finance, "POST", `items/${customer.owed}/write-offs`, { id, amount: money(cents), reason: "尾差" });
      await work.command("agree", manager, "POST", `write-offs/${id}/decision`, word);
      await work.command("write_off", director, "POST", `write-offs/${id}/decision`, word, { moves: [[lost(customer.id), cents]] });
      const came = { receipt, customer: customer.id, date: TODAY, amount: money(cents), apply: [] };
      await work.command("receive, unapplied", finance, "POST", "receipts", came, { moves: [[customer.id, -cents]] });
      const recovered = { receipt, date: TODAY, amount: money(cents) };
      await work.command("record_recovery", finance, "POST", `items/${customer.owed}/recoveries`, recovered, { moves: [[lost(customer.id), -cents]] });
    },
  },
  piece: {
    often: 3,
    async tell(work) {
      const { officer } = work.people;
      const id = newId();
      const contact = (name) => ({ kind: "contact", what: { name, phone: "0574-8888" } });
      await work.command("add_piece", officer, "POST", `customers/${work.pick(work.shared).id}/pieces`, { id, piece: contact("王芳") });
      await work.command("correct_piece", officer, "POST", `pieces/${id}`, { piece: contact(work.next("王芳")) }, { version: 1 });
      await work.command("withdraw_piece", officer, "POST", `pieces/${id}/withdrawal`, { reason: "离职" }, { version: 2 });
      await work.command("erase_piece", officer, "POST", `pieces/${id}/erasure`, { reason: "本人要求" }, { version: 3 });
    },
  },
  application: {
    often: 3,
    async tell(work, client) {
      const { sales, manager } = work.people;
      const [application, customer] = [randomUUID(), work.asking[client].id];
      const asked = () => ({ limit: { kind: "amount", amount: yuan(100_000 + (work.numbers += 1)) }, reason: "旺季备货" });
      await work.command("apply", sales, "POST", "applications", { application, customer, asked: asked() });
      await work.command("revise_application", sales, "POST", `applications/${application}`, { asked: asked() }, { version: 1 });
      await work.command("grant_application", manager, "POST", `applications/${application}/answer`, { answer: "grant", reason: "同意" }, { version: 2 });
    },
  },
  withdrawn: {
    often: 1,
    async tell(work, client) {
      const application = randomUUID();
      const asked = { terms: { kind: "net", days: 45 }, reason: "旺季备货" };
      await work.command("apply", work.people.sales, "POST", "applications", { application, customer: work.asking[client].id, asked });
      await work.command("withdraw_application", work.people.sales, "DELETE", `applications/${application}`);
    },
  },
  freeze: {
    often: 1,
    async tell(work, client) {
      const path = `customers/${work.asking[client].id}/freeze`;
      for (const frozen of [true, false]) await work.command("freeze", work.people.officer, "POST", path, { frozen, reason: "复核" });
    },
  },
  prospect: {
    often: 2,
    async tell(work) {
      const { officer, manager } = work.people;
      const [step, code] = [newId(), work.next("P-")];
      const customer = { id: newId(), code, name: "新客户", stage: "prospect", currency: "CNY" };
      const { version } = await work.command("make_customer", officer, "POST", "customers", { customer });
      await work.command("change_customer", officer, "POST", `customers/${customer.id}`, { customer: { ...customer, name: `${code} 货代` } }, { version });
      await work.command("ask_step", officer, "POST", `customers/${customer.id}/steps`, { id: step, to: "ended", reason: "重复" });
      await work.command("decide_step", manager, "POST", `steps/${step}/decision`, { approve: true, reason: "同意" });
    },
  },
  draft: {
    often: 1,
    async tell(work) {
      // A policy is long, and whoever reads the versions reads them all.
      if ((work.drafts = (work.drafts ?? 0) + 1) > 30) return work.look("GET", "orders");
      const policy = { ...work.policy, note: { zh: work.next("草案"), en: "draft" } };
      await work.command("draft_policy", work.people.officer, "POST", "policies", { policy });
    },
  },
  rate: {
    often: 1,
    async tell(work) {
      const date = new Date(Date.parse("1970-01-01") + (work.rates += 1) * 86_400_000).toISOString().slice(0, 10);
      await work.command("record_rates", work.people.finance, "POST", "rates", { date, from: "EUR", to: "USD", rate: "1.1", source: "ECB" });
    },
  },
  person: {
    often: 1,
    async tell(work) {
      await work.command("change_person", work.people.admin, "POST", `people/${work.book.people.ops}`, { name: work.next("吴操作") });
    },
  },
};
