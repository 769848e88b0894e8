// Makes a company's book on the server that runs here, and prints the link by which its first admin sets name, login and
// password. Run again for a company whose admin hasn't joined, it prints a new one.
//
//   node worker/selfhost/company.mjs CODE [NAME]      PORT=8787 DATA=.data URL=http://127.0.0.1:8787 CURRENCY=CNY

import { operatorSecret } from "./serve.mjs";

/** The login that the first admin has until they set one. */
const ADMIN = "admin";

export async function company({ url, secret, code, name = code, currency = "CNY" }) {
  const post = async (path, body) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` };
    const response = await fetch(`${url}/operator/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
  const people = [{ login: ADMIN, name: "管理员", role: "admin" }];
  const made = await post("books", { code, name, currency, utc_offset_minutes: 480, people });
  if (made.status !== 201 && made.body.code !== "book_exists") throw new Error(made.body.detail ?? made.body.title);
  const link = await post(`books/${code}/links`, { door: "desk", login: ADMIN, purpose: "join" });
  if (link.body.code === "nobody") throw new Error(`${code} is set up: its admin makes new links on the page of people (${url}/desk/people)`);
  if (link.status !== 201) throw new Error(link.body.detail ?? link.body.title);
  return { made: made.status === 201, link: `${url}/desk/#j=${link.body.token}` };
}

async function main() {
  const [code, name] = process.argv.slice(2);
  const { PORT = "8787", DATA = ".data", URL: url = `http://127.0.0.1:${PORT}`, CURRENCY } = process.env;
  if (!code) throw new Error("which company? make company CODE [NAME=…]");
  const { made, link } = await company({ url, secret: operatorSecret(DATA), code, name: name || undefined, currency: CURRENCY });
  console.log(`\n${made ? "made the company" : "there is a company"} ${code}. Its first admin opens this link and sets name, login and password`);
  console.log(`(once, within seven days; later everybody signs in at ${url}/desk/ by the company's code "${code}"):\n\n  ${link}\n`);
}

if (process.argv[1]?.endsWith("company.mjs")) {
  main().catch((error) => {
    console.error(error.cause?.code === "ECONNREFUSED" ? "nothing runs here yet: make run, or worker/selfhost/serve.mjs" : error.message);
    process.exit(1);
  });
}
