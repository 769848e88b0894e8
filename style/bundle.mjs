// Puts the sheets that a page needs into one file, so that the page waits for one answer only. Trunk runs it before it builds
// a page: app/field.html gets dist/style/field.css. A door's own sheet is style/<door>.css; it needs no layer of its own.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const PARTS = ["tokens", "base", "marks", "form", "rows", "feedback", "charts"];

const read = (name) => readFileSync(`style/${name}.css`, "utf8");
const door = basename(process.env.TRUNK_HTML_FILE ?? process.argv[2], ".html");
const page = existsSync(`style/${door}.css`) ? `@layer page {\n${read(door)}}\n` : "";
const sheet = [...PARTS.map(read), page, read("print")].join("\n");

const to = `dist/style/${door}.css`;
mkdirSync("dist/style", { recursive: true });
if (!existsSync(to) || readFileSync(to, "utf8") !== sheet) writeFileSync(to, sheet);
