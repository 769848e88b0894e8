// The page of all parts, served as the edge serves a door: with the same policy, from a port of its own.
//
//   node tests/tools/gallery.mjs      writes its pictures, every width, theme and language, to tests/results/gallery

import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "@playwright/test";
import { launchOptions } from "./chromium.mjs";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };
const policy = readFileSync("worker/src/headers.rs", "utf8").match(/POLICY: &str = "([^;]+;[\s\S]*?)";/)[1].replace(/\\\n\s*/g, "");

/** Starts serving; hands out the address and how to stop. */
export async function serveGallery() {
  const server = createServer((request, response) => {
    const name = new URL(request.url, "http://gallery").pathname.replace(/^\/gallery\/?/, "") || "index.html";
    try {
      const body = readFileSync(join("dist/gallery", name));
      response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "text/plain", "content-security-policy": policy });
      response.end(body);
    } catch {
      response.writeHead(204).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}/gallery/`, stop: () => server.close() };
}

/** Opens it with a language and a theme chosen before. */
export async function openGallery(page, url, lang, theme) {
  await page.addInitScript(([lang, theme]) => {
    localStorage.setItem("xinheng.lang", lang);
    localStorage.setItem("xinheng.theme", theme);
  }, [lang, theme]);
  await page.goto(url);
  await page.locator("h1").waitFor({ state: "attached" });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  mkdirSync("tests/results/gallery", { recursive: true });
  const { url, stop } = await serveGallery();
  const browser = await chromium.launch(launchOptions());
  for (const width of [390, 820, 1440]) {
    for (const theme of ["light", "dark"]) {
      for (const lang of ["zh-CN", "en"]) {
        const page = await browser.newPage({ viewport: { width, height: 900 }, deviceScaleFactor: width === 390 ? 2 : 1 });
        page.on("console", (message) => message.type() === "error" && console.error(message.text()));
        page.on("pageerror", (error) => console.error(error));
        await openGallery(page, url, lang, theme);
        await page.screenshot({ path: `tests/results/gallery/${width}-${theme}-${lang}.png`, fullPage: true, animations: "disabled" });
        await page.close();
      }
    }
  }
  await browser.close();
  stop();
}
