import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { EVENTS, excessOf, lacksOf, PERMISSIONS } from "../../../src/app/doctor/registration.ts";

const registered = load(readFileSync(join(import.meta.dirname, "../../../../app.yml"), "utf8")) as {
  readonly default_permissions: { readonly [permission: string]: string };
  readonly default_events: readonly string[];
};
const { default_permissions: permissions, default_events: events } = registered;

test("what the App needs is what app.yml lists", () => {
  expect(Object.entries(PERMISSIONS).map(([name, { level }]) => [name, level])).toEqual(Object.entries(permissions));
  expect(Object.keys(EVENTS).toSorted()).toEqual(events.toSorted());
});

test("an App that is registered by app.yml lacks nothing and has nothing to spare", () => {
  expect(lacksOf(permissions, events)).toEqual([]);
  expect(excessOf(permissions)).toEqual([]);
});

test.each(Object.keys(permissions))("without the permission %s something is lacking", (name) => {
  const { [name]: _, ...rest } = permissions;
  expect(lacksOf(rest, events)).toEqual([
    expect.objectContaining({ what: `permission ${name}: ${permissions[name]}`, without: expect.stringMatching(/./) }),
  ]);
});

test.each(events.map((event) => [event]))("without the event %s something is lacking", (event) => {
  const rest = events.filter((one) => one !== event);
  expect(lacksOf(permissions, rest)).toEqual([expect.objectContaining({ what: `event ${event}` })]);
});

test("read does not do where write is needed, and write does where read is", () => {
  expect(lacksOf({ ...permissions, checks: "read" }, events)).toEqual([expect.objectContaining({ state: "failure" })]);
  expect(lacksOf({ ...permissions, contents: "write" }, events)).toEqual([]);
  expect(excessOf({ ...permissions, contents: "write", administration: "read" })).toEqual([
    "contents: write",
    "administration: read",
  ]);
});
