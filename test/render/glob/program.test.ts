import { expect, test } from "@jest/globals";
import { readGlob, type GlobDialect } from "../../../src/render/argocd/glob.ts";
import { readPathPattern } from "../../../src/render/glob/path-pattern.ts";
import { either, literal, many, sequence, type Glob } from "../../../src/render/glob/glob.ts";
import { compileProgram } from "../../../src/render/glob/program.ts";

function argo(pattern: string, dialect: GlobDialect): Glob {
  const glob = readGlob(pattern, dialect);
  if (glob === undefined) throw new Error(`${pattern} cannot be read`);
  return glob;
}

const hostile: readonly (readonly [string, Glob, string])[] = [
  ["stars, as argo", argo(`${"*a".repeat(60)}b`, "argo"), "a".repeat(2000)],
  ["stars, as go-path", argo(`${"*a".repeat(60)}b`, "go-path"), "a".repeat(2000)],
  ["stars, as pathspec", argo(`${"*a".repeat(60)}b`, "pathspec"), "a/".repeat(1000)],
  ["double stars, as doublestar", argo(`${"**/".repeat(60)}b`, "doublestar"), "a/".repeat(1000)],
  ["double stars, as argo-path", argo(`${"**a".repeat(60)}b`, "argo-path"), "a".repeat(2000)],
  ["nested braces", argo(`${"{a,".repeat(60)}a${"}".repeat(60)}*b`, "argo"), "a".repeat(2000)],
  ["braces beside each other", argo(`${"{a,a,*a}".repeat(60)}b`, "argo"), "a".repeat(2000)],
  ["double stars and stars, as Flux", readPathPattern(`${"**/".repeat(60)}${"*a".repeat(60)}b`), "d/".repeat(500)],
  ["repetitions of repetitions", many(many(sequence([many(literal("a")), many(literal("a"))]))), "a".repeat(2000)],
];

test.each(hostile)("%s: no step is visited twice for one character", (_, glob, text) => {
  const program = compileProgram(glob);
  expect(program.visits(text)).toBeLessThanOrEqual(program.size * (text.length + 1));
});

test("a pattern of many choices and parts is compiled", () => {
  const long = Array.from({ length: 200_000 }, () => literal("a"));
  expect(compileProgram(either(long)).matches("a")).toBe(true);
  expect(compileProgram(sequence(long)).matches("a".repeat(200_000))).toBe(true);
});
