import { expect, test } from "@jest/globals";
import { doesNarrow } from "../../../src/gate/waivers/patterns.ts";
import type { WaiverKey } from "../../../src/model/waiver.ts";

test.each<[WaiverKey | "policy", string, boolean]>([
  ["name", "web", true],
  ["name", "web-*", true],
  ["name", "*", false],
  ["name", "**", false],
  ["path", "apps/web.yaml", true],
  ["path", "apps/**", true],
  ["path", "**/web.yaml", true],
  ["path", "**", false],
  ["path", "*", false],
  ["path", "*/**", false],
  ["path", "?*", false],
  ["path", "**/*.yaml", false],
  ["path", "{apps,**}", false],
  ["path", "[!a]*", false],
  ["path", "!apps/**", false],
  ["path", "{", false],
  ["pointer", "/spec/**", true],
  ["pointer", "/**", false],
  ["policy", "pods/**", true],
  ["policy", "*/*", false],
])("whether %s %s narrows a waiver: %s", (key, pattern, expected) => {
  expect(doesNarrow(key, pattern)).toBe(expected);
});
