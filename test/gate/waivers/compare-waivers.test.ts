import { describe, expect, test } from "@jest/globals";
import { allowsMore, compareWaivers } from "../../../src/gate/waivers/compare-waivers.ts";
import type { Waiver, WaiverChange } from "../../../src/model/waiver.ts";

const web: Waiver = {
  path: "waivers/web.yaml",
  line: 1,
  scope: { kind: "policy", policy: "pods/run-as-root" },
  match: { kind: ["Deployment"], name: ["web"] },
  reason: "port 80",
  expires: "2027-03-01",
};

/** `widened web.yaml:7 (before web.yaml:1)`. */
function told(change: WaiverChange): string {
  const place = ({ path, line }: Waiver): string => `${path}:${line}`;
  if (change.kind === "added") return `added ${place(change.after)}`;
  if (change.kind === "removed") return `removed ${place(change.before)}`;
  return `${change.kind} ${place(change.after)} (before ${place(change.before)})`;
}

const changed = (more: Partial<Waiver>): Waiver => ({ ...web, line: 9, ...more });

describe("what a change does to waivers", () => {
  test.each<[string, readonly Waiver[], readonly Waiver[], readonly string[], boolean]>([
    ["nothing", [web], [web], [], false],
    ["moves one to another line and file", [web], [changed({ path: "waivers/shop.yaml" })], [], false],
    ["adds one", [], [web], ["added waivers/web.yaml:1"], true],
    ["removes one", [web], [], ["removed waivers/web.yaml:1"], false],
    [
      "removes a key of the selector",
      [web],
      [changed({ match: { name: ["web"] } })],
      ["widened waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      true,
    ],
    [
      "adds a pattern to the selector",
      [web],
      [changed({ match: { kind: ["Deployment"], name: ["web", "api"] } })],
      ["widened waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      true,
    ],
    [
      "makes a glob of a name",
      [web],
      [changed({ match: { kind: ["Deployment"], name: ["web*"] } })],
      ["widened waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      true,
    ],
    [
      "makes a glob of a policy",
      [web],
      [changed({ scope: { kind: "policy", policy: "pods/*" } })],
      ["widened waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      true,
    ],
    [
      "widens one and shortens it",
      [web],
      [changed({ match: { name: ["web"] }, expires: "2027-01-01" })],
      ["widened waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      true,
    ],
    [
      "lets one last longer",
      [web],
      [changed({ expires: "2027-03-02" })],
      ["extended waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      true,
    ],
    [
      "narrows one and lets it last longer",
      [web],
      [changed({ match: { ...web.match, container: ["app"] }, expires: "2027-04-01" })],
      ["extended waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      true,
    ],
    [
      "narrows one",
      [web],
      [changed({ match: { ...web.match, container: ["app"] } })],
      ["narrowed waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      false,
    ],
    [
      "narrows a glob",
      [{ ...web, match: { path: ["apps/**"] } }],
      [changed({ match: { path: ["apps/shop/*.yaml"] } })],
      ["narrowed waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      false,
    ],
    [
      "lets one end earlier",
      [web],
      [changed({ expires: "2027-02-01" })],
      ["shortened waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      false,
    ],
    [
      "rewords one",
      [web],
      [changed({ reason: "it binds port 80", ticket: "SEC-1" })],
      ["reworded waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      false,
    ],
    [
      "replaces one by another",
      [web],
      [changed({ match: { name: ["api"] } })],
      ["added waivers/web.yaml:9", "removed waivers/web.yaml:1"],
      true,
    ],
    [
      "copies one for a longer time",
      [web],
      [web, changed({ expires: "2027-09-01" })],
      ["extended waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      true,
    ],
    [
      "adds a narrower one that is covered already",
      [web],
      [web, changed({ match: { ...web.match, container: ["app"] } })],
      ["narrowed waivers/web.yaml:9 (before waivers/web.yaml:1)"],
      false,
    ],
    [
      "adds a wider one beside",
      [web],
      [web, changed({ match: { name: ["web"] } })],
      ["added waivers/web.yaml:9"],
      true,
    ],
    [
      "makes two of one, of which each is narrower",
      [{ ...web, match: { name: ["web", "api"] } }],
      [changed({ match: { name: ["web"] } }), changed({ line: 12, match: { name: ["api"] } })],
      [
        "narrowed waivers/web.yaml:9 (before waivers/web.yaml:1)",
        "narrowed waivers/web.yaml:12 (before waivers/web.yaml:1)",
      ],
      false,
    ],
    [
      "covers problems in place of a policy",
      [web],
      [changed({ scope: { kind: "problem", stage: "parse" }, match: { path: ["a.yaml"] } })],
      ["added waivers/web.yaml:9", "removed waivers/web.yaml:1"],
      true,
    ],
    [
      "uses a glob that is not known to match the same",
      [{ ...web, match: { path: ["apps/*/web.yaml"] } }],
      [changed({ match: { path: ["apps/{shop,api}/web.yaml"] } })],
      ["added waivers/web.yaml:9", "removed waivers/web.yaml:1"],
      true,
    ],
  ])("%s", (_, before, after, expected, more) => {
    const changes = compareWaivers(before, after);
    expect(changes.map(told)).toEqual(expected);
    expect(changes.some(allowsMore)).toBe(more);
  });
});
