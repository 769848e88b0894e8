// How long a salesperson waits: from a sign-in link on a slow phone and a slow network to the first verdict; the second
// visit; a visit without a network. Release files on plain workerd, Chromium at a quarter of its speed.

import { chromium } from "@playwright/test";
import { launchOptions } from "../tools/chromium.mjs";
import { median, table } from "./table.mjs";

const TIMES = 5;
/** Fast 4G, as the browsers' own tools define it: bytes a second, and milliseconds there and back. */
const FAST_4G = { offline: false, latency: 165, downloadThroughput: 8.1e6 / 8, uploadThroughput: 1.35e6 / 8 };
const NO_NETWORK = { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 };
const CPU_SLOW_DOWN = 4;

/** A customer of the salesperson's. */
const CUSTOMER = "K000007";

/** Measures and prints. */
export async function firstVerdict(book) {
  const { edge } = book;
  const browser = await chromium.launch(launchOptions());
  const seen = { cold: [], warm: [], offline: [] };
  try {
    for (let i = 0; i < TIMES; i++) {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: "zh-CN" });
      const visitor = await Visitor.of(context);
      seen.cold.push(await visitor.visit(`${edge.url}/field/#t=${await book.link("field", "sales")}`, { enter: true }));
      await visitor.page.evaluate(() => navigator.serviceWorker.ready);
      seen.warm.push(await visitor.visit(`${edge.url}/field/`));
      await visitor.network(NO_NETWORK);
      seen.offline.push(await visitor.visit(`${edge.url}/field/`));
      await context.close();
    }
  } finally {
    await browser.close();
  }
  const ms = (value) => (value === undefined ? undefined : `${Math.round(value)} ms`);
  const middle = (visits, what) => (visits[0][what] === undefined ? undefined : median(visits.map((visit) => visit[what])));
  const row = (name, visits) => [
    name, ms(middle(visits, "paint")), ms(middle(visits, "door")), ms(middle(visits, "usable")), ms(middle(visits, "verdict")),
    ms(middle(visits, "keystroke")), `${(middle(visits, "bytes") / 1000).toFixed(1)} KB`,
  ];
  const columns = [`field, ${CPU_SLOW_DOWN}× CPU, Fast 4G, median of ${TIMES}`, "first paint", "sign-in shown", "usable", "first verdict", "a keystroke", "over the wire"];
  const rows = [["cold, by link", seen.cold], ["second visit", seen.warm], ["without network", seen.offline]].map(([name, visits]) => row(name, visits));
  table("From the link to the first verdict (usable: the customers are listed, pressing the button included)", columns, rows);
}

/** A page on a slow phone that can tell when it showed what. */
class Visitor {
  static async of(context) {
    const visitor = new Visitor();
    visitor.page = await context.newPage();
    await visitor.page.addInitScript(watch);
    visitor.session = await context.newCDPSession(visitor.page);
    await visitor.session.send("Network.enable");
    await visitor.session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOW_DOWN });
    visitor.session.on("Network.loadingFinished", ({ encodedDataLength }) => (visitor.bytes += encodedDataLength));
    await visitor.network(FAST_4G);
    return visitor;
  }

  network(conditions) {
    return this.session.send("Network.emulateNetworkConditions", conditions);
  }

  /** Opens the door, goes to a customer, types an amount; times in milliseconds since the navigation. */
  async visit(url, { enter = false } = {}) {
    const { page } = this;
    await page.goto("about:blank");
    this.bytes = 0;
    await page.goto(url, { waitUntil: "commit" });
    const times = {};
    if (enter) {
      times.door = await this.shown("main.threshold button");
      await page.getByRole("button", { name: "进入" }).click();
    }
    times.usable = await this.shown(".pair .rows a, .pair li a");
    const { bytes } = this;
    await page.getByRole("link", { name: CUSTOMER }).first().click();
    const amount = page.getByLabel(/本单金额/);
    await amount.pressSequentially("100000");
    times.verdict = await this.shown("section.verdict h2");
    // Each keystroke from now on changes figures; the last is timed from its event to the frame that shows it.
    await amount.press("0");
    await page.waitForFunction(() => globalThis.seen.keystrokes.length > 6);
    const keystroke = await page.evaluate(() => globalThis.seen.keystrokes.at(-1));
    const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    return { paint, ...times, keystroke, bytes };
  }

  async shown(selector) {
    const handle = await this.page.waitForFunction((wanted) => globalThis.seen.first(wanted), selector, { polling: "raf" });
    return handle.jsonValue();
  }
}

/** Runs in the page before anything else: notes when something is first in a frame, and how long keystrokes take. */
function watch() {
  const times = {};
  globalThis.seen = {
    keystrokes: [],
    first(selector) {
      if (!times[selector] && document.querySelector(selector)) times[selector] = performance.now();
      return times[selector];
    },
  };
  addEventListener("input", (event) => {
    // The frame after this one begins when this one is painted.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => globalThis.seen.keystrokes.push(performance.now() - event.timeStamp);
      port2.postMessage(0);
    });
  }, true);
}
