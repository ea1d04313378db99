import { expect, test } from "@jest/globals";
import { convertSkips } from "../../../src/gate/waivers/skips/convert-skips.ts";
import type { SkippingTool } from "../../../src/gate/waivers/skips/check-policies.ts";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { readWaivers } from "../../../src/gate/waivers/read-waivers.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import type { Files } from "./judging.ts";

const annotated = (...annotations: readonly string[]): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
${annotations.map((line) => `    ${line}\n`).join("")}spec: {}
`;
const pod = (name: string, comment = ""): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: ${comment}\n  containers: []\n`;

test.each<[SkippingTool, string, Files, readonly string[], readonly string[]]>([
  [
    "checkov",
    "annotations",
    {
      "a.yaml": annotated(
        "checkov.io/skip1: CKV_K8S_16=an agent of the node",
        "checkov.io/skip2: CKV_K8S_999",
        "ignore-check.kube-linter.io/latest-tag: other tool",
      ),
    },
    ["pods/privileged Deployment shop/web: an agent of the node"],
    ["a.yaml:8: no policy is known that finds what CKV_K8S_999 finds"],
  ],
  [
    "checkov",
    "comments",
    { "a.yaml": pod("a", "# checkov:skip=CKV_K8S_14:pinned elsewhere"), ".checkov.yaml": "skip-check: [CKV_K8S_8]\n" },
    ["images/tag Pod a: pinned elsewhere"],
    [".checkov.yaml:1: settings of checkov hold for every object: set levels: for what should not be judged at all"],
  ],
  [
    "kube-linter",
    "annotations",
    {
      "a.yaml": annotated(
        'ignore-check.kube-linter.io/host-network: ""',
        "ignore-check.kube-linter.io/run-as-non-root: needs root",
      ),
      "b.yaml": annotated('kube-linter.io/ignore-all: "old"'),
    },
    [
      "pods/host-namespaces Deployment shop/web: skipped for kube-linter: host-network (a.yaml)",
      "pods/run-as-non-root Deployment shop/web: needs root",
      "pods/root-user Deployment shop/web: needs root",
    ],
    ["b.yaml:7: it skips every check: write a waiver for each policy that finds something"],
  ],
  [
    "polaris",
    "annotations",
    {
      "a.yaml": annotated(
        'polaris.fairwinds.com/hostPIDSet-exempt: "true"',
        'polaris.fairwinds.com/cpuLimitsMissing-exempt: "false"',
      ),
    },
    ["pods/host-namespaces Deployment shop/web: skipped for polaris: hostPIDSet (a.yaml)"],
    [],
  ],
  [
    "trivy",
    "comments",
    {
      "a.yaml": `${pod("a", "#trivy:ignore:AVD-KSV-0017")}---\n${pod("b", "# trivy:ignore:KSV001")}`,
      "b.yaml": `# trivy:ignore:KSV013\n---\n${pod("c")}`,
      ".trivyignore": "AVD-KSV-0014\n",
    },
    [
      "pods/privileged Pod a: skipped for trivy: AVD-KSV-0017 (a.yaml)",
      "pods/privilege-escalation Pod b: skipped for trivy: KSV001 (a.yaml)",
    ],
    [
      ".trivyignore:1: settings of trivy hold for every object: set levels: for what should not be judged at all",
      "b.yaml:1: KSV013: it belongs to no single object",
    ],
  ],
  [
    "datree",
    "annotations",
    { "a.yaml": annotated("datree.skip/CONTAINERS_MISSING_LIVENESSPROBE_KEY: a job") },
    ["workloads/probes Deployment shop/web: a job"],
    [],
  ],
])("what %s is told to skip by %s", async (tool, _, files, expected, left) => {
  const converted = await convertSkips(memoryTree(files), tool, "2026-03-01");
  expect(converted.left).toEqual(left);
  const { waivers, problems } = await readWaivers(memoryTree({ "waivers/w.yaml": converted.text ?? "" }), {
    config: defaultConfig.waivers,
    now: "2026-02-01T00:00:00Z",
    policies: [],
  });
  expect(problems).toEqual([]);
  expect(
    waivers.map(({ scope, match: { kind, namespace = [], name }, reason }) =>
      [
        `${scope.kind === "policy" ? scope.policy : ""} ${kind?.join()} ${[...namespace, ...(name ?? [])].join("/")}`,
        reason,
      ].join(": "),
    ),
  ).toEqual(expected);
});
