import { expect, test } from "@jest/globals";
import { matchesGlob, type GlobDialect } from "../../../src/render/argocd/glob.ts";

test.each<[GlobDialect, string, string, boolean]>([
  ["argo", "*.yaml", "a/b.yaml", true],
  ["argo", "{a,b/*}.yaml", "b/c/d.yaml", true],
  ["argo", "{a,b}.yaml", "c.yaml", false],
  ["argo", "[!a]?.json", "bc.json", true],
  ["argo", "[!a]?.json", "ac.json", false],
  ["argo", "\\*.yaml", "*.yaml", true],
  ["argo", "\\*.yaml", "a.yaml", false],
  ["argo", "{a", "a", false],
  ["argo", "[a", "a", false],
  ["argo", "a.b", "axb", false],
  ["argo", "*", "two\nlines", true],
  ["argo-path", "https://git.example/*", "https://git.example/acme/deploy", false],
  ["argo-path", "https://git.example/**", "https://git.example/acme/deploy", true],
  ["go-path", "apps/*", "apps/web", true],
  ["go-path", "apps/*", "apps/web/deep", false],
  ["go-path", "apps/{a,b}", "apps/a", false],
  ["go-path", "apps/**", "apps/web", true],
  ["go-path", "[^a-c]", "d", true],
  ["go-path", "[^a-c]", "b", false],
  ["pathspec", "apps/*.json", "apps/web/deep/config.json", true],
  ["pathspec", "apps/**/config.json", "apps/web/config.json", true],
  ["doublestar", "env/**/values.yaml", "env/values.yaml", true],
  ["doublestar", "env/**/values.yaml", "env/a/b/values.yaml", true],
  ["doublestar", "env/*/values.yaml", "env/a/b/values.yaml", false],
  ["doublestar", "env/**", "env/a/b", true],
  ["doublestar", "{a,b}/*.yaml", "b/c.yaml", true],
])("as %s, %s against %s: %s", (dialect, pattern, text, expected) => {
  expect(matchesGlob(pattern, text, dialect)).toBe(expected);
});

test("a pattern made to take for ever does not", () => {
  const started = performance.now();
  expect(matchesGlob(`${"*a".repeat(60)}b`, "a".repeat(20_000), "argo")).toBe(false);
  expect(performance.now() - started).toBeLessThan(10_000);
});
