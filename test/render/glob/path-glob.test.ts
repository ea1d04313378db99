import { expect, test } from "@jest/globals";
import picomatch from "picomatch";
import { compilePathGlob, readPathGlob } from "../../../src/render/glob/path-glob.ts";
import { compileProgram } from "../../../src/render/glob/program.ts";

const paths = [
  "a",
  "b",
  "ab",
  "a.yaml",
  "b.yml",
  ".hidden",
  ".github/a.yaml",
  "a/a",
  "a/b",
  "a/.b",
  "a/a.yaml",
  "a/b/a",
  "a/b/a.yaml",
  "a/b/c/b.yml",
  "b/a",
  "b/ab/a.yaml",
  "ab/a.yaml",
  "ab/b/a",
  "a+b.yaml",
  "a{b}",
  "(a)",
  "[a",
];

const matched = (pattern: string): readonly string[] => paths.filter(compilePathGlob(pattern) ?? (() => false));

test.each([
  ["**.yaml", ["a.yaml", ".github/a.yaml", "a/a.yaml", "a/b/a.yaml", "b/ab/a.yaml", "ab/a.yaml", "a+b.yaml"]],
  ["a/**", ["a", "a/a", "a/b", "a/.b", "a/a.yaml", "a/b/a", "a/b/a.yaml", "a/b/c/b.yml"]],
  ["a/**/a", ["a/a", "a/b/a"]],
  ["./a/*", ["a/a", "a/b", "a/.b", "a/a.yaml"]],
  ["a/b/*.{yaml,yml}", ["a/b/a.yaml"]],
  ["[!a]", ["b"]],
  ["a[!b]a", []],
  ["!{a,b,ab}/**", ["a.yaml", "b.yml", ".hidden", ".github/a.yaml", "a+b.yaml", "a{b}", "(a)", "[a"]],
  ["!!b", ["b"]],
  ["(a)", ["(a)"]],
  [String.raw`a\{b\}`, ["a{b}"]],
])("%s matches what the documentation tells", (pattern, expected) => {
  expect(matched(pattern)).toEqual(expected);
});

test("no pattern matches the root", () => {
  expect(["*", "**/*", "!a"].filter((pattern) => compilePathGlob(pattern)?.("") === true)).toEqual([]);
});

test.each(["@(a|b)", "!(a)", "a+(b)", "a|b", "{1..3}", "{a,b", "a\\"])("%s cannot be read", (pattern) => {
  expect(compilePathGlob(pattern)).toBeUndefined();
});

test("patterns of every combination of parts match what they matched before", () => {
  const parts = ["a", "b", "*", "**", "?", "a*", "*.yaml", "{a,b}", "[ab]", ".*", "a.{yaml,yml}", "*b*"];
  const patterns = parts.flatMap((one) => [
    one,
    `!${one}`,
    ...parts.flatMap((other) => [`${one}/${other}`, ...parts.map((third) => `${one}/${other}/${third}`)]),
  ]);
  const different = patterns.flatMap((pattern) => {
    const matches = picomatch(pattern, { dot: true });
    const before = paths.filter((path) => matches(path));
    const now = matched(pattern);
    return before.join() === now.join() ? [] : [{ pattern, before: before.join(" "), now: now.join(" ") }];
  });
  expect(different).toEqual([]);
});

test.each([
  ["stars", `${"*a".repeat(200)}b`, "a".repeat(2000)],
  ["double stars", `${"**/".repeat(200)}b`, "a/".repeat(1000)],
  ["braces", `${"{a,a,*a}".repeat(100)}b`, "a".repeat(2000)],
  ["nested braces", `${"{a,".repeat(300)}a${"}".repeat(300)}*b`, "a".repeat(2000)],
])("%s: no step is visited twice for one character", (_, pattern, path) => {
  const glob = readPathGlob(pattern);
  if (glob === undefined) throw new Error(`${pattern} cannot be read`);
  const program = compileProgram(glob);
  expect(program.visits(path)).toBeLessThanOrEqual(program.size * (path.length + 1));
});
