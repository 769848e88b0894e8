// The published schemas by somebody else's validator: they take what the house takes, and refuse what it refuses.

import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { test } from "node:test";
import { Contract, read, validators } from "../tools/contract.mjs";

const policy = validators().compile(read("shared/policy/schema.json"));
const cases = validators().compile(read("shared/policy/cases.schema.json"));

test("the default policy fits the schema of a policy", () => {
  assert.ok(policy(read("shared/policy/default.json")), JSON.stringify(policy.errors));
});

test("what is no policy doesn't", () => {
  const whole = read("shared/policy/default.json");
  const spoilt = (spoil) => {
    const document = structuredClone(whole);
    spoil(document);
    return document;
  };
  for (const [name, spoil] of Object.entries({
    "an unknown field": (policy) => (policy.colour = "red"),
    "an unknown field inside": (policy) => (policy.exposure.colour = "red"),
    "another format": (policy) => (policy.format = "xinheng.policy/0"),
    "a currency that isn't one": (policy) => (policy.currency = "XXX"),
    "a day that isn't one": (policy) => policy.calendar.holidays.push("2026-13-01"),
    "a text for a number": (policy) => (policy.behaviour.window_days = "365"),
    "a number below its type": (policy) => (policy.behaviour.window_days = -1),
    "a fraction where whole days are": (policy) => (policy.aging.bands[0] = 30.5),
    "a number for a ratio": (policy) => (policy.scorecard.lines[0].missing = 0.5),
    "a ratio with seven decimals": (policy) => (policy.scorecard.lines[0].missing = "0.5000001"),
    "a part that is missing": (policy) => delete policy.limit,
    "a list for an object": (policy) => (policy.grade = []),
  })) {
    assert.equal(policy(spoilt(spoil)), false, name);
  }
});

test("money is a text with its decimals, never a number", () => {
  const fault = (value) => Contract.ours().fault(["components", "schemas", "Money"], value);
  for (const amount of ["0.00", "-1.50", "1234567.89", "1200", "1.500"]) assert.equal(fault({ amount, currency: "CNY" }), undefined, amount);
  for (const amount of [1, 1.5, "01.00", "1.5", "1,000.00", "1e3", "", " 1.00", "１.00"]) assert.ok(fault({ amount, currency: "CNY" }), String(amount));
  assert.ok(fault({ amount: "1.00", currency: "cny" }) && fault({ amount: "1.00" }) && fault({ amount: "1.00", currency: "CNY", more: 1 }));
});

test("every reference case fits the schema of cases", () => {
  const files = globSync("shared/cases/*.json");
  assert.ok(files.length > 20);
  for (const file of files) assert.ok(cases(read(file)), `${file}: ${JSON.stringify(cases.errors?.slice(0, 3))}`);
  assert.equal(cases([{ ...read("shared/cases/first.json")[0], colour: "red" }]), false);
  assert.equal(cases([{ ...read("shared/cases/first.json")[0], ask: { kind: "fortune" } }]), false);
});
