import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@jest/globals";
import { lintWith } from "./lint-with.ts";

const root = join(import.meta.dirname, "../../..");
const { layers } = (await import(pathToFileURL(join(root, "scripts/layers.mjs")).href)) as {
  readonly layers: { readonly [room: string]: readonly string[] };
};

/** Each is a file that a room must not have, alone or with another one. */
const refused: readonly { readonly name: string; readonly room: string; readonly text: string }[] = [
  { name: "a bare Node.js module", room: "gate", text: 'import fs from "fs";\nvoid fs;' },
  { name: "a Node.js module", room: "gate", text: 'import fs from "node:fs";\nvoid fs;' },
  { name: "a bare Node.js module where node: is allowed", room: "tree", text: 'import fs from "fs";\nvoid fs;' },
  { name: "a room that is not named", room: "gate", text: 'import { ask } from "../rego/ask.ts";\nvoid ask;' },
  { name: "a room above its own", room: "render", text: 'import { check } from "../gate/check.ts";\nvoid check;' },
  { name: "a type", room: "report", text: 'import type { Rule } from "../gate/levels.ts";\nexport type A = Rule;' },
  {
    name: "a type among values",
    room: "report",
    text: 'import { type Rule } from "../gate/levels.ts";\nexport type A = Rule;',
  },
  { name: "a type in place", room: "report", text: 'export type A = import("../gate/levels.ts").Rule;' },
  { name: "a re-export", room: "store", text: 'export { startServer } from "../app/server.ts";' },
  { name: "a re-exported type", room: "store", text: 'export type { Settings } from "../app/settings.ts";' },
  { name: "a re-export of everything", room: "store", text: 'export * from "../app/server.ts";' },
  {
    name: "a dynamic import",
    room: "manifest",
    text: 'export const a = (): unknown => import("../config/read-config.ts");',
  },
  {
    name: "a dynamic import of a Node.js module",
    room: "render",
    text: 'export const a = (): unknown => import("node:fs");',
  },
  { name: "a computed import", room: "github", text: "export const a = (name: string): unknown => import(name);" },
  { name: "an import for its effect alone", room: "config", text: 'import "probot";' },
  { name: "a package that is not named", room: "config", text: 'import { Octokit } from "octokit";\nvoid Octokit;' },
  { name: "a package named as a room is", room: "render", text: 'import model from "model";\nvoid model;' },
  { name: "a URL", room: "render", text: 'import a from "data:text/javascript,export default 1";\nvoid a;' },
  {
    name: "a path that leaves the room and comes back elsewhere",
    room: "gate",
    text: 'import { ask } from "../gate/../rego/ask.ts";\nvoid ask;',
  },
  {
    name: "a file outside src",
    room: "app",
    text: 'import { until } from "../../test/support/until.ts";\nvoid until;',
  },
  { name: "the command line", room: "app", text: 'import { run } from "../cli/run.ts";\nvoid run;' },
  { name: "require in TypeScript", room: "wasm", text: 'import http = require("http");\nvoid http;' },
  {
    name: "anything, in a room that is not listed",
    room: "attic",
    text: 'import { ask } from "../rego/ask.ts";\nvoid ask;',
  },
];

const allowed: readonly { readonly name: string; readonly room: string; readonly text: string }[] = [
  {
    name: "a named room",
    room: "gate",
    text: 'import type { Report } from "../model/report.ts";\nexport type A = Report;',
  },
  { name: "a named package", room: "manifest", text: 'import { load } from "js-yaml";\nvoid load;' },
  {
    name: "a submodule of a named one",
    room: "tree",
    text: 'import { readFile } from "node:fs/promises";\nvoid readFile;',
  },
  { name: "a file of its own", room: "gate", text: 'import { check } from "./check.ts";\nvoid check;' },
];

const file = (room: string, index: number, kind: string): string => `src/${room}/${kind}-${index}.ts`;
const findings = lintWith({
  ...Object.fromEntries(refused.map(({ room, text }, index) => [file(room, index, "refused"), `${text}\n`])),
  ...Object.fromEntries(allowed.map(({ room, text }, index) => [file(room, index, "allowed"), `${text}\n`])),
  "src/model/round-a.ts": 'import type { B } from "./round-b.ts";\nexport interface A {\n  readonly b: B;\n}\n',
  "src/model/round-b.ts": 'import type { A } from "./round-a.ts";\nexport interface B {\n  readonly a: A;\n}\n',
});
const rulesBroken = (path: string): readonly string[] =>
  findings.filter((finding) => finding.path === path).map(({ rule }) => rule);

test.each(refused.map((row, index) => ({ ...row, path: file(row.room, index, "refused") })))(
  "$room: $name is refused",
  ({ path }) => expect(rulesBroken(path)).toContain("layers(allow-list)"),
);

test.each(allowed.map((row, index) => ({ ...row, path: file(row.room, index, "allowed") })))(
  "$room: $name is allowed",
  ({ path }) => expect(rulesBroken(path)).toEqual([]),
);

test("types that import each other are a cycle, and nothing else in src is one", () => {
  const cycles = findings.filter(({ rule }) => rule === "import(no-cycle)").map(({ path }) => path);
  expect(new Set(cycles)).toEqual(new Set(["src/model/round-a.ts", "src/model/round-b.ts"]));
});

test("the table in docs/architecture.md is the list that lint goes by", () => {
  const rows = readFileSync(join(root, "docs/architecture.md"), "utf8").matchAll(
    /^\| `src\/([a-z-]+)` \|.*\| (.+) \|$/gm,
  );
  const documented = [...rows].map(([, room, cell = ""]): [string | undefined, readonly string[]] => [
    room,
    cell === "nothing" ? [] : cell.replaceAll("`", "").split(", "),
  ]);
  expect(documented).toEqual(Object.entries(layers));
});

test("rooms import one way", () => {
  const rooms = Object.keys(layers);
  // The list is in an order in which each room comes after those it imports.
  const later = Object.entries(layers).flatMap(([room, imports]) =>
    imports.filter((other) => rooms.indexOf(other) >= rooms.indexOf(room)),
  );
  expect(later).toEqual([]);
});
