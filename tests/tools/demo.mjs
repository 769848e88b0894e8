// The demo book on an edge of its own, and in it the customers that show each state best.

import { CODE, ensureDemo } from "../../worker/selfhost/demo.mjs";
import { Caller, operator } from "./book.mjs";
import { Edge } from "./edge.mjs";

const TODAY = "2026-11-20";
const SALES = "chen.jing";

/** Starts one. */
export async function demoEdge() {
  const edge = await Edge.start();
  await ensureDemo(edge);
  const link = async (door, login) => {
    const { status, body } = await operator(edge, `books/${CODE}/links`, { door, login });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.token;
  };
  const enter = async (door, login) => Caller.enter(edge, await link(door, login));
  const [officer, sales] = [await enter("desk", "officer"), await enter("field", SALES)];
  const shown = examples((await sales.get("sync")).body.customers, (await officer.get("sync")).body.customers);
  return { edge, url: edge.url, secret: edge.secret, link, enter, sales: SALES, officer: "officer", manager: "manager", finance: "finance", ...shown, stop: () => edge.stop() };
}

/** Of a salesperson's customers those whose orders pass, warn and are held; of all the one that owes most too late. */
function examples(own, all) {
  const sound = own.map(figures).filter(({ limit, overdue }) => limit > 0 && overdue === 0);
  const room = (customers) => customers.sort((a, b) => b.available / b.limit - a.available / a.limit);
  const [large] = room(sound);
  const [busy = large] = room(sound.filter(({ owed, available, limit }) => owed > 0.2 * limit && available > 0.2 * limit));
  const [late] = all.map(figures).sort((a, b) => b.overdue - a.overdue);
  const round = (amount) => Math.max(1_000, Math.floor(amount / 1_000) * 1_000);
  return {
    customer: "C0001",
    examples: {
      sound: { ...busy, approve: round(Math.min(busy.available, busy.limit / 2) * 0.6), hold: round(busy.limit * 1.2) },
      large: { ...large, warn: round(large.limit * 0.55) },
      late,
    },
  };
}

/** What a check would come to, roughly and in yuan. */
function figures({ customer, standing }) {
  const sum = (rows) => rows.reduce((total, { amount }) => total + (amount.currency === "CNY" ? Number(amount.amount) : 7 * Number(amount.amount)), 0);
  const owed = sum(standing.open) + sum(standing.orders);
  const limit = standing.currency === "CNY" ? Number(standing.limit?.limit.amount?.amount ?? 0) : 0;
  const overdue = sum(standing.open.filter(({ due, disputed }) => due < TODAY && !disputed));
  return { id: customer.id, code: customer.code, name: customer.name, owed, limit, available: limit - owed, overdue };
}
