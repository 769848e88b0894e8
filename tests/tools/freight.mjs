// A forwarder's book for page tests: some customers pay on time, some late, some hardly at all; made from a seed, so that it
// is the same every time.

import { createHash } from "node:crypto";
import { yuan } from "./book.mjs";

const PLACES = ["宁波", "杭州", "苏州", "上海", "无锡", "温州", "绍兴", "台州", "义乌", "嘉兴", "青岛", "厦门", "深圳", "东莞", "佛山", "常州"];
const NAMES = ["恒茂", "东海", "科达", "凌云", "天成", "启明", "欧鹭", "金禾", "海正", "百合", "博远", "华瑞", "远澜", "信达", "瑞丰", "同创", "新联", "万里", "中诚", "顺发"];
const TRADES = [["进出口", "贸易"], ["机械制造", "机械"], ["化工", "化工"], ["汽车零部件", "汽配"], ["纺织", "纺织"], ["电子科技", "电子"], ["家居用品", "家居"]];

/** Mulberry32: small, seeded, good enough to spread figures. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An id that depends on its name only. */
function id(...parts) {
  const hex = createHash("sha256").update(parts.join("|")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const iso = (time) => new Date(time).toISOString().slice(0, 10);
const DAY = 86_400_000;

/** Customers and facts of `months` months up to `today`. */
export function freight({ count, months, today, people = {}, seed = 1 }) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const now = Date.parse(today);
  const customers = [];
  const facts = [];
  for (let n = 0; n < count; n += 1) {
    const [trade, industry] = pick(TRADES);
    const customer = id("customer", n);
    const founded = now - (2 + next() * 25) * 365 * DAY;
    const kind = next(); // up to 0.62 sound, to 0.92 slow, the rest sinking
    const slack = kind < 0.62 ? -4 + next() * 7 : kind < 0.92 ? 5 + next() * 35 : 30 + next() * 150;
    const size = Math.exp(8.6 + next() * 3.4);
    const dollars = next() < 0.12;
    customers.push({
      id: customer,
      code: `K${String(n + 1001)}`,
      name: `${pick(PLACES)}${pick(NAMES)}${trade}有限公司`,
      stage: "active",
      currency: "CNY",
      industry,
      segment: pick(["直客", "同行"]),
      ...(people.sales ? { salesperson: next() < 0.5 ? people.sales : people.sales2 } : {}),
      founded: iso(founded),
      since: iso(now - (0.5 + next() * 7) * 365 * DAY),
      ...(next() < 0.9 ? { registered_capital: yuan(Math.round(0.5 + next() * 60) * 500_000) } : {}),
      ...(next() < 0.8 ? { contact: { name: pick(["王芳", "李强", "张伟", "刘洋", "陈静"]), phone: "0574-8765" + Math.floor(1000 + next() * 9000) } } : {}),
    });
    let bill = 0;
    for (let month = months; month >= 0; month -= 1) {
      const bills = 1 + Math.floor(next() * 4);
      for (let k = 0; k < bills; k += 1) {
        const date = now - Math.floor((month + next()) * 30.4) * DAY;
        if (date > now) continue;
        bill += 1;
        const due = date + 30 * DAY;
        const currency = dollars && next() < 0.6 ? "USD" : "CNY";
        const amount = { amount: (Math.round(size * (0.4 + next() * 1.2) * 100) / (currency === "USD" ? 700 : 100)).toFixed(2), currency };
        const item = id("item", n, bill);
        const note = { number: `FP${String(n + 1001)}-${String(bill).padStart(3, "0")}`, reference: `NGB${Math.floor(100000 + next() * 899999)}`, description: pick(["海运费", "拖车费", "报关费", "代垫税金", "港杂费"]) };
        facts.push({ id: id("charged", n, bill), customer, date: iso(date), fact: { kind: "charged", id: item, document: "invoice", due: iso(due), amount, ...note } });
        const paid = due + Math.round(slack + (next() - 0.5) * 14) * DAY;
        if (paid <= now && !(kind > 0.95 && month < 5)) {
          const receipt = id("receipt", n, bill);
          const cents = Math.round(Number(amount.amount) * 100);
          const short = next() < 0.002 ? Math.round(cents * 0.3) : 0;
          const money = { amount: (cents / 100).toFixed(2), currency };
          facts.push({ id: id("received", n, bill), customer, date: iso(paid), fact: { kind: "received", id: receipt, amount: money, reference: `TX${bill}` } });
          const part = { amount: ((cents - short) / 100).toFixed(2), currency };
          facts.push({ id: id("allocated", n, bill), customer, date: iso(paid), fact: { kind: "allocated", item, source: { by: "receipt", receipt }, amount: part } });
        }
      }
    }
    if (next() < 0.5) {
      const order = { kind: "ordered", id: id("order", n), customer, amount: yuan(Math.round(size * (0.5 + next() * 2))), terms: { kind: "net", days: 30 } };
      facts.push({ id: id("ordered", n), customer, date: iso(now - Math.floor(next() * 20) * DAY), fact: order });
    }
  }
  return { customers, facts };
}

/** Puts such a book in, in portions that the edge takes, with the rate that its dollars need. */
export async function fill(book, options) {
  const { customers, facts } = freight({ people: book.people, ...options });
  await book.customers(...customers);
  for (let from = 0; from < facts.length; from += 2000) await book.facts(...facts.slice(from, from + 2000));
  const finance = await book.signIn("finance");
  const rate = { date: options.today, from: "USD", to: "CNY", rate: "7.1", source: "中国人民银行" };
  const recorded = await finance.write("POST", "rates", rate);
  if (recorded.status >= 300) throw new Error(JSON.stringify(recorded.body));
  return { customers, facts };
}
