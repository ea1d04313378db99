import { expect, test } from "@jest/globals";
import type { Impact, ImpactEntry } from "../../../src/model/impact.ts";
import { impactPart, markdownImpact } from "../../../src/report/impact/markdown-impact.ts";
import { prettyImpact } from "../../../src/report/impact/pretty-impact.ts";
import { utf8Length } from "../../../src/report/utf8.ts";

const entry = (more: Partial<ImpactEntry>): ImpactEntry => ({
  kind: "blocked",
  policy: "images/tag",
  rule: "deny",
  message: "nginx has no tag",
  after: "deny",
  manifest: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
  location: { path: "apps/web.yaml", line: 12 },
  ...more,
});
const impact = (entries: readonly ImpactEntry[]): Impact => ({
  version: 1,
  now: "2027-01-15T00:00:00Z",
  before: { denied: 1, warned: 2 },
  after: { denied: 3, warned: 4 },
  entries,
});
const plain = { colour: false, showAll: false };

test("what is newly denied comes first, then tables, then the sentence", () => {
  const text = prettyImpact(
    impact([
      entry({ environment: "prod", owners: ["@acme/shop"] }),
      entry({ kind: "allowed", policy: "pods/privileged", before: "deny", after: "warn", message: "privileged" }),
    ]),
    plain,
  );
  expect(text).toBe(`newly denied: 1 result
  images/tag (deny): nginx has no tag
    --> apps/web.yaml:12, Deployment shop/web in prod

no longer denied: 1 result
  pods/privileged (warn, was deny): privileged
    --> apps/web.yaml:12, Deployment shop/web

by policy          newly denied  no longer denied
  images/tag                  1                 0
  pods/privileged             0                 1

by environment  newly denied  no longer denied
  prod                     1                 0
  (none)                   0                 1

by owner      newly denied  no longer denied
  @acme/shop             1                 0
  (none)                 0                 1

The new rules would newly deny 1 result and no longer deny 1 result
In the whole desired state: 1 denied and 2 warned by the old rules, 3 and 4 by the new ones. One result is one rule, object and environment.
`);
});

test("examples are few unless all are asked for", () => {
  const many = impact(Array.from({ length: 9 }, (_, at) => entry({ location: { path: "a.yaml", line: at + 1 } })));
  expect(prettyImpact(many, plain)).toContain("  and 4 more (--show-all lists them)");
  const all = prettyImpact(many, { ...plain, showAll: true });
  expect(all.match(/--> a\.yaml:\d/g)).toHaveLength(9);
});

test("rules that find the same say so", () => {
  expect(prettyImpact(impact([]), plain)).toContain("The new rules find what the old rules find");
  expect(markdownImpact(impact([]))).toContain("## The new rules find what the old rules find");
});

const hostile = entry({
  policy: "a`|b",
  message: "<img src=x> @everyone\n::error::x",
  environment: "prod|<b>",
  owners: ["@acme/ops"],
  location: { path: "a\u001b[31m.yaml", line: 1 },
});

test("text from outside does nothing", () => {
  const text = prettyImpact(impact([hostile]), plain);
  expect(text).not.toContain("\u001b");
  expect(text).not.toMatch(/^::error/m);
  const markdown = markdownImpact(impact([hostile]));
  expect(markdown).not.toMatch(/<img|<b>|\s@everyone/);
  expect(markdown).not.toContain("\u001b");
  for (const line of markdown.split("\n").filter((one) => one.startsWith("| "))) expect(line.split("|").length).toBe(4);
});

test("the part of a summary keeps to its budget, and names what is left out", () => {
  const many = impact(
    Array.from({ length: 3000 }, (_, at) => entry({ policy: `p/${at}`, owners: [`@é${at}`], environment: `e${at}` })),
  );
  const part = impactPart(many)(20_000);
  expect(utf8Length(part)).toBeLessThanOrEqual(20_000);
  expect(part).toMatch(/…and \d+ more\./);
  expect(part).toContain("Newly denied: 3000");
  expect(impactPart(many)(100)).toBe("");
});
