import { expect, test } from "@jest/globals";
import { levelsAt, levelsOf } from "../../src/gate/levels.ts";
import type { Levels } from "../../src/model/config.ts";

const dated: Levels = { "a/b": { level: "warn", until: "2027-01-15", then: "deny" } };

test.each([
  ["the day before", "2027-01-14T23:59:59.999Z", "warn"],
  ["the first moment of the day", "2027-01-15T00:00:00.000Z", "deny"],
  ["years later", "2029-01-01T00:00:00.000Z", "deny"],
])("a dated level changes when its day begins: %s", (_, now, expected) => {
  expect(levelsAt(dated, now)).toEqual({ "a/b": expected });
});

const environment = (levels: Levels) => ({ paths: [], clusters: [], levels, parameters: {} });
const levels = levelsOf(
  {
    levels: { "a/b": "warn", "c/d": "deny" },
    environments: { production: environment({ "a/b": "deny" }), staging: environment({ ...dated, "c/d": "off" }) },
  },
  "2027-01-14T00:00:00.000Z",
);

test.each([
  ["a/b", undefined, "warn"],
  ["a/b", "production", "deny"],
  ["c/d", "production", "deny"],
  ["a/b", "staging", "warn"],
  ["c/d", "staging", "off"],
  ["a/b", "elsewhere", "warn"],
  ["e/f", "production", undefined],
])("the level of %s in %s is %s", (policy, where, expected) => {
  expect(levels(policy, where)).toBe(expected);
});
