// Values made from a schema by chance: such as fit it, and such as fit it nearly. The same seed makes the same values.

/** Numbers from 0 to 1 (Mulberry32). */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Texts that mean something to somebody: to a parser, a database, a page, a calendar. */
const TEXTS = [
  "", " ", "0", "-1", "1e9", "NaN", "null", "漢字🚢", "\u0000", "\ud800", "' OR 1=1 --", '"); DROP TABLE fact;--', "<script>alert(1)</script>",
  "=1+1", "../../etc", "%00", "a\r\nb", "\u202e", "2026-02-30", "0000-00-00", "9999-12-31", "-262143-01-01", "+262142-12-31", "x".repeat(501), "长".repeat(2_000),
];
/** Texts of the patterns that the house has. */
const PATTERNED = ["0", "1", "12", "0.5", "0.05", "-1", "0.000001", "999999999999999", "100.00", "0.00", "12345678.90", "-5.00", "90071992547409.91", "100", "1.000", "91330100799655058B", "799655058", "11010519491231002X", "abc", "a1-b2"];
const DATES = ["2026-01-05", "2026-02-28", "2024-02-29", "2026-11-20", "2025-12-31", "1970-01-01", "2100-01-01"];
const ODD = [null, true, 0, -1, 1.5, 1e308, 9007199254740993, -9007199254740993, 4294967296, [], {}, [[[]]], { constructor: 1 }, ["x"], { kind: "x" }];
/** Below this depth only what must be there is made. */
const DEEP = 7;

export class Maker {
  /** `resolve` follows a `$ref`; `known` are ids of things that are there. */
  constructor(seed, resolve, known = []) {
    this.random = chance(seed);
    this.resolve = resolve;
    this.known = known;
  }

  is(share) {
    return this.random() < share;
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  /** A UUID of a version: what a page makes for a thing of its own is of the seventh. */
  uuid(version = 4) {
    const digits = Array.from({ length: 32 }, () => Math.floor(this.random() * 16).toString(16)).join("");
    return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, `$1-$2-${version}$3-8$4-$5`);
  }

  id() {
    return this.known.length > 0 && this.is(0.7) ? this.pick(this.known) : this.uuid(this.is(0.5) ? 7 : 4);
  }

  /** A value that fits. */
  make(schema, depth = 0) {
    if (schema === true || schema === undefined || Object.keys(schema).length === 0) return this.pick(ODD);
    if (schema.$ref && !schema.properties) return this.make(this.resolve(schema), depth);
    if ("const" in schema) return schema.const;
    if (schema.enum) return this.pick(schema.enum);
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) {
      const some = choices.filter((choice) => choice.type !== "null");
      const made = this.make(depth > DEEP ? some[0] : this.pick(this.is(0.9) ? some : choices), depth + 1);
      const whole = made !== null && typeof made === "object" && !Array.isArray(made);
      return schema.properties && whole ? { ...made, ...this.object(schema, depth) } : made;
    }
    const type = Array.isArray(schema.type) ? this.pick(this.is(0.8) ? schema.type.filter((type) => type !== "null") : schema.type) : schema.type;
    switch (type) {
      case "object": return { ...(schema.$ref ? this.make(this.resolve({ $ref: schema.$ref }), depth) : {}), ...this.object(schema, depth) };
      case "array": return this.array(schema, depth);
      case "string": return this.text(schema);
      case "integer": case "number": return this.number(schema);
      case "boolean": return this.is(0.5);
      default: return null;
    }
  }

  object(schema, depth) {
    const made = {};
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const must = schema.required?.includes(name);
      if (must || this.is(depth > DEEP ? 0 : 0.35)) made[name] = this.make(property, depth + 1);
    }
    if (schema.additionalProperties && typeof schema.additionalProperties === "object") {
      for (let some = this.is(0.5) ? 2 : 0; some > 0; some--) {
        const name = schema.propertyNames ? this.make(schema.propertyNames, depth + 1) : this.pick(PATTERNED);
        made[name] = this.make(schema.additionalProperties, depth + 1);
      }
    }
    return made;
  }

  array(schema, depth) {
    if (schema.prefixItems) return schema.prefixItems.map((item) => this.make(item, depth + 1));
    const length = Math.max(schema.minItems ?? 0, depth > DEEP ? 0 : Math.floor(this.random() * 3));
    const made = Array.from({ length }, () => this.make(schema.items, depth + 1));
    return schema.uniqueItems ? made.filter((item, i) => made.findIndex((other) => JSON.stringify(other) === JSON.stringify(item)) === i) : made;
  }

  text(schema) {
    if (schema.format === "uuid") return this.id();
    if (schema.format === "date") return this.pick(DATES);
    if (schema.pattern) {
      const pattern = new RegExp(schema.pattern, "u");
      return this.pick(PATTERNED.filter((text) => pattern.test(text))) ?? "x";
    }
    return this.pick(["甲", "abc", "运费", ...this.known.slice(0, 2), this.pick(TEXTS)]);
  }

  number({ minimum = -2147483648, maximum = 9007199254740991 }) {
    const near = [minimum, maximum, 0, 1, 2, 7, 30, 100, 365].filter((number) => number >= minimum && number <= maximum);
    return this.pick(near);
  }

  /** A value with something wrong in one place or two. */
  break(value) {
    const broken = structuredClone(value);
    const places = [];
    const walk = (at) => {
      for (const key of Object.keys(at ?? {})) {
        places.push([at, key]);
        if (typeof at[key] === "object") walk(at[key]);
      }
    };
    walk(typeof broken === "object" ? broken : undefined);
    if (places.length === 0 || this.is(0.05)) return this.pick(ODD);
    for (let faults = this.is(0.7) ? 1 : 2; faults > 0; faults--) {
      const [at, key] = this.pick(places);
      const odd = this.is(0.5) ? this.pick(TEXTS) : this.pick(ODD);
      const other = this.pick(places);
      this.pick([
        () => (at[key] = odd),
        () => (Array.isArray(at) ? at.splice(Number(key), 1) : delete at[key]),
        () => (Array.isArray(at) ? at.push(odd) : (at[`${key}_`] = odd)),
        () => (at[key] = structuredClone(other[0][other[1]])),
        () => (at[key] = Array.from({ length: 300 }, () => structuredClone(at[key]))),
        () => (at[key] = typeof at[key] === "string" ? `${at[key]} ` : String(at[key])),
      ])();
    }
    return broken;
  }
}
