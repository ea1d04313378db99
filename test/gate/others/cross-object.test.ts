import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { check } from "../../../src/gate/check.ts";
import type { Judge } from "../../../src/model/judge.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { freshToolchain, judgeOf } from "../../rego/judging.ts";
import { drains, mounts, scalesSomething, selectsSomething, uniqueHosts } from "./rules.ts";

type Files = { readonly [path: string]: string };

const toolchain = freshToolchain();
let judge: Judge;

beforeAll(async () => {
  judge = await judgeOf(toolchain, {
    "hosts.rego": uniqueHosts,
    "selector.rego": selectsSomething,
    "target.rego": scalesSomething,
    "drains.rego": drains,
    "mounts.rego": mounts,
  });
});

afterAll(async () => {
  await judge.close();
  toolchain.close();
});

const ingress = (name: string, host: string): string => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: shop }
spec:
  rules:
    - host: ${host}
`;
const service = (app: string): string => `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  selector: { app: ${app} }
`;
const deployment = (app: string, replicas = 2, volume = ""): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${app}, namespace: shop }
spec:
  replicas: ${replicas}
  template:
    metadata: { labels: { app: ${app} } }
    spec:
      volumes: [${volume === "" ? "" : `{ name: v, configMap: { name: ${volume} } }`}]
`;
const autoscaler = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
`;
const budget = (available: number): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec:
  minAvailable: ${available}
  selector: { matchLabels: { app: web } }
`;
const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\n`;

async function findings(after: Files, before?: Files): Promise<readonly string[]> {
  const report = await check({
    ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
    after: memoryTree(after, "after"),
    config: defaultConfig,
    judge,
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "directory" },
  });
  expect(report.problems).toEqual([]);
  return report.findings.map(
    ({ status, location, message }) => `${status} ${location.path}:${location.line} ${message}`,
  );
}

interface Row {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
  readonly expected: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: "a new Ingress takes the host of another, and both are told at their own line",
    before: { "a.yaml": ingress("a", "shop.example") },
    after: { "a.yaml": ingress("a", "shop.example"), "b.yaml": ingress("b", "shop.example") },
    expected: [
      "introduced a.yaml:6 host shop.example is that of Ingress shop/b",
      "introduced b.yaml:6 host shop.example is that of Ingress shop/a",
    ],
  },
  {
    name: "an Ingress gives a host up",
    before: { "a.yaml": ingress("a", "shop.example"), "b.yaml": ingress("b", "shop.example") },
    after: { "a.yaml": ingress("a", "shop.example"), "b.yaml": ingress("b", "other.example") },
    expected: [
      "fixed a.yaml:6 host shop.example is that of Ingress shop/b",
      "fixed b.yaml:6 host shop.example is that of Ingress shop/a",
    ],
  },
  {
    name: "a Service keeps its selector while the workload's labels change",
    before: { "service.yaml": service("web"), "web.yaml": deployment("web") },
    after: { "service.yaml": service("web"), "web.yaml": deployment("site") },
    expected: ["introduced service.yaml:5 no workload has the labels that Service web selects"],
  },
  {
    name: "what an autoscaler scales is deleted",
    before: { "hpa.yaml": autoscaler, "web.yaml": deployment("web") },
    after: { "hpa.yaml": autoscaler },
    expected: ["introduced hpa.yaml:5 there is no Deployment web to scale"],
  },
  {
    name: "a budget comes to need every replica",
    before: { "pdb.yaml": budget(1), "web.yaml": deployment("web") },
    after: { "pdb.yaml": budget(2), "web.yaml": deployment("web") },
    expected: ["introduced web.yaml:5 PodDisruptionBudget web needs all 2 replicas"],
  },
  {
    name: "a ConfigMap is renamed and a workload still mounts the old one",
    before: { "config.yaml": configMap("web"), "web.yaml": deployment("web", 2, "web") },
    after: { "config.yaml": configMap("web-2"), "web.yaml": deployment("web", 2, "web") },
    expected: ["introduced web.yaml:9 there is no ConfigMap web"],
  },
  {
    name: "what was wrong before stays existing while something else changes",
    before: { "service.yaml": service("web"), "site.yaml": deployment("site") },
    after: { "service.yaml": service("web"), "site.yaml": deployment("site", 3) },
    expected: ["existing service.yaml:5 no workload has the labels that Service web selects"],
  },
];

test.each(rows)("$name", async ({ before, after, expected }) => {
  expect(await findings(after, before)).toEqual(expected);
});

test("one tree is judged as a whole, whichever file comes first", async () => {
  expect(await findings({ "a.yaml": service("web"), "z.yaml": deployment("web") })).toEqual([]);
  expect(await findings({ "a.yaml": deployment("site"), "z.yaml": service("web") })).toEqual([
    "introduced z.yaml:5 no workload has the labels that Service web selects",
  ]);
});
