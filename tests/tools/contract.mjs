// What the API promises, and whether an answer keeps it: the checked-in OpenAPI document and validators made from it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DATE = /^[+-]?\d{4,6}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const WHOLE = ["uint", "uint8", "uint16", "uint32", "uint64", "int", "int8", "int16", "int32", "int64"];

/** Makes validators. What a schema bounds by minimum and maximum, its number formats needn't say again. */
export function validators() {
  const formats = { uuid: UUID, date: DATE, ...Object.fromEntries(WHOLE.map((name) => [name, true])) };
  return new Ajv({ strict: false, validateSchema: false, formats, allErrors: false });
}

export const read = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));

/** A document of the API. */
export class Contract {
  static #ours;

  /** The one that is checked in. */
  static ours() {
    return (Contract.#ours ??= new Contract(read("worker/openapi.json")));
  }

  constructor(document) {
    this.document = document;
    this.validators = validators().addSchema({ ...document, $id: "api" });
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) => {
      const fits = new RegExp(`^${path.replaceAll("/", "\\/").replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
      return Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), fits, ...operation }));
    });
  }

  /** Where a `$ref` leads. */
  resolve(value) {
    while (value?.$ref) value = value.$ref.slice(2).split("/").reduce((at, part) => at[part.replaceAll("~1", "/").replaceAll("~0", "~")], this.document);
    return value;
  }

  find(method, path) {
    const plain = path.split("?")[0];
    return this.operations.find((operation) => operation.method === method && operation.fits.test(plain));
  }

  /** Why a value is none of this schema; absent when it is. The place is one within the document. */
  fault(place, value) {
    const pointer = place.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent).join("/");
    const validate = this.validators.getSchema(`api#/${pointer}`);
    assert.ok(validate, `nothing at ${pointer}`);
    return validate(value) ? undefined : this.validators.errorsText(validate.errors.slice(0, 5));
  }

  /** Checks an answer: its status is one that is told of, its body what is told of it; and that what was taken may be sent. */
  check({ method, path, sent, status, type, body }) {
    const operation = this.find(method, path);
    const asked = `${method} ${path} → ${status}`;
    if (!operation || status >= 400) this.#isProblem(asked, status, type, body);
    if (!operation) return assert.ok([401, 403, 404, 405].includes(status), `${asked}: the document has no such operation`);
    const place = ["paths", operation.path, method.toLowerCase()];
    const response = operation.responses[status];
    assert.ok(response, `${operation.operationId}: ${asked} is not told of: ${JSON.stringify(body)?.slice(0, 300)}`);
    if (status >= 400) return;
    if (!response.content) return assert.ok(body === undefined, `${asked}: a body that is not told of`);
    if (response.content["application/octet-stream"]) return assert.equal(type, "application/octet-stream", asked);
    if (!type?.startsWith("application/json")) assert.fail(`${asked}: ${type}`);
    const fault = this.fault([...place, "responses", status, "content", "application/json", "schema"], body);
    assert.equal(fault, undefined, `${operation.operationId}: ${asked} answers what is not told of: ${JSON.stringify(body).slice(0, 500)}`);
    if (sent !== undefined && operation.requestBody?.content["application/json"]) {
      const fault = this.fault([...place, "requestBody", "content", "application/json", "schema"], sent);
      assert.equal(fault, undefined, `${operation.operationId}: ${asked} took what it says that it doesn't: ${JSON.stringify(sent).slice(0, 500)}`);
    }
  }

  #isProblem(asked, status, type, body) {
    assert.ok(type?.startsWith("application/problem+json"), `${asked}: ${type} is no problem document`);
    assert.equal(this.fault(["components", "schemas", "Problem"], body), undefined, asked);
    assert.equal(body.status, status, asked);
    assert.equal(body.type, `urn:xinheng:problem:${body.code}`, asked);
  }
}
