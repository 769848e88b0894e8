// Pictures of every page and state of the three doors, from the demo book: on a phone, a tablet and a desk, in both
// languages, light and dark, below tests/results/shots; and beside this file the three that the README shows.
//
//   node tests/shots/make.mjs [field|desk|portal|people …] [look=390-zh-light …]      all of them by default

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium } from "@playwright/test";
import { launchOptions } from "../tools/chromium.mjs";
import { demoEdge } from "../tools/demo.mjs";
import { desk } from "./desk.mjs";
import { field } from "./field.mjs";
import { withPalette } from "./palette.mjs";
import { people } from "./people.mjs";
import { portal } from "./portal.mjs";

const RESULTS = "tests/results/shots";
const STORIES = { field, desk, portal, people };
const SIZES = { 390: { width: 390, height: 844 }, 820: { width: 820, height: 1180 }, 1440: { width: 1440, height: 900 } };

/** What the README shows: a picture, and the look that it is taken in. */
const SHOWN = {
  "field/check-hold": { look: "390-zh-light", as: "field-check" },
  "desk/what-if": { look: "1440-zh-light", as: "desk-what-if" },
  "portal/statement": { look: "820-zh-light", as: "portal-statement" },
};

/** A size, a language and a theme, and the browser that has them. */
class Look {
  constructor(browser, demo, width, lang, theme) {
    Object.assign(this, { browser, demo, width: Number(width), lang, theme, name: `${width}-${lang}-${theme}`, count: 0 });
  }

  /** A visitor of its own: nothing kept, nobody signed in. */
  async visitor() {
    const touch = this.width < 1000;
    const context = await this.browser.newContext({
      baseURL: this.demo.url,
      viewport: SIZES[this.width],
      isMobile: touch,
      hasTouch: touch,
      locale: this.lang === "zh" ? "zh-CN" : "en-GB",
      timezoneId: "Asia/Shanghai",
      colorScheme: this.theme,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    return { context, page };
  }

  /** A text of the page in its language. */
  t(zh, en) {
    return this.lang === "zh" ? zh : en;
  }

  /** Takes a picture of what stands there now. */
  async shoot(page, name) {
    await page.evaluate(() => document.fonts.ready);
    const path = join(RESULTS, this.name, `${name}.png`);
    mkdirSync(dirname(path), { recursive: true });
    const png = await page.screenshot({ path, animations: "disabled", caret: "hide" });
    this.count += 1;
    const shown = SHOWN[name];
    if (shown?.look === this.name) writeFileSync(join("tests/shots", `${shown.as}.png`), await this.smaller(png));
  }

  /** The picture with a palette, by way of a page that no policy of ours binds. */
  async smaller(png) {
    const page = await this.browser.newPage();
    try {
      return await withPalette(page, png);
    } finally {
      await page.close();
    }
  }
}

const asked = process.argv.slice(2);
const looks = asked.filter((word) => word.startsWith("look=")).map((word) => word.slice(5));
const doors = asked.filter((word) => word in STORIES);
if (asked.length === 0) rmSync(RESULTS, { recursive: true, force: true });

const demo = await demoEdge();
const browser = await chromium.launch(launchOptions());
try {
  for (const width of Object.keys(SIZES)) {
    for (const lang of ["zh", "en"]) {
      for (const theme of ["light", "dark"]) {
        const look = new Look(browser, demo, width, lang, theme);
        if (looks.length > 0 && !looks.includes(look.name)) continue;
        for (const door of doors.length > 0 ? doors : Object.keys(STORIES)) {
          try {
            await STORIES[door](look);
          } catch (error) {
            process.exitCode = 1;
            console.error(`✖ ${door} ${look.name}: ${error.message}`);
          }
        }
        console.log(`${look.name}: ${look.count} pictures`);
      }
    }
  }
} finally {
  await browser.close();
  await demo.stop();
}
