// What every page test uses: `test` with an `edge` of its own per file, a browser pointed at it, and pages that must stay
// free of errors; `checkAccess` runs axe.

import AxeBuilder from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";
import { Edge } from "./edge.mjs";

/** The edge of the file that runs now, in this process. */
let current;

async function edgeOf(file) {
  if (current?.file !== file) {
    await current?.edge.stop();
    current = { file, edge: await Edge.start() };
  }
  return current.edge;
}

export const test = base.extend({
  // Stops the last file's edge when the process is done.
  _end: [
    async ({}, use) => {
      await use();
      await current?.edge.stop();
      current = undefined;
    },
    { scope: "worker", auto: true },
  ],

  edge: async ({}, use, { file }) => use(await edgeOf(file)),

  baseURL: async ({ edge }, use) => use(edge.url),

  // A page whose console or policy complains fails its test, whatever else it shows.
  page: async ({ page }, use) => {
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      const cut = message.text().includes("net::ERR_INTERNET_DISCONNECTED");
      // A refusal of the API is an answer; whether the page shows it is for the story to say.
      const refused = message.text().startsWith("Failed to load resource") && message.location().url.includes("/api/");
      if (message.type() === "error" && !cut && !refused) complaints.push(message.text());
    });
    await use(page);
    expect(complaints, "errors on the page").toEqual([]);
  },
});

export { expect };

/** Fails on anything that axe finds on the page as it is now. */
export async function checkAccess(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`)).toEqual([]);
}
