import { afterAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import type { CheckRequest } from "../../../src/gate/check-request.ts";
import { check } from "../../../src/gate/check.ts";
import { createDangers } from "../../../src/gate/dangers/create-dangers.ts";
import type { PassedTree } from "../../../src/gate/restoring/passed-tree.ts";
import { hadBy } from "../../../src/gate/restoring/had.ts";
import type { Config, EnvironmentConfig } from "../../../src/model/config.ts";
import type { Report } from "../../../src/model/report.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { bad, flux, gitRepository, kustomization, pod } from "../attack-files.ts";
import { here, type Files } from "../change-judge.ts";
import { simpleJudge } from "../simple-judge.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => renderer.close());

const environment = (path: string): EnvironmentConfig => ({ paths: [path], clusters: [], levels: {}, parameters: {} });
const config: Config = {
  ...defaultConfig,
  environments: { production: environment("production"), staging: environment("staging") },
};

type Rules = Partial<Pick<CheckRequest, "config" | "judge" | "limits">>;

async function judge(
  before: Files | undefined,
  after: Files,
  passed: readonly PassedTree[] = [],
  rules: Rules = {},
): Promise<Report> {
  const used = rules.config ?? config;
  return check({
    renderer,
    repositories: [here],
    branches: ["main"],
    ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
    after: memoryTree(after, "after"),
    config: used,
    builtins: [createDangers(used)],
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "test merge" },
    passed,
    ...rules,
  });
}

/** The states of a branch one after the other, each as it was judged when it came; the one before all is not a passed one. */
async function history(states: readonly Files[], rules: readonly Rules[] = []): Promise<readonly PassedTree[]> {
  const passed: PassedTree[] = [];
  for (const [at, files] of states.entries()) {
    if (at === 0) continue;
    const report = await judge(states[at - 1], files, [...passed], rules[at]);
    if (report.verdict === "fail" || report.verdict === "error") continue;
    const mergedAt = `2026-01-0${at}T00:00:00Z`;
    passed.unshift({
      tree: memoryTree(files),
      commit: `c${at}`,
      mergedAt,
      isSame: false,
      had: new Set(hadBy(report, (rules[at]?.config ?? config).gaps)),
    });
  }
  return passed;
}

/** What restores and what blocks, in a few words. */
function told({ verdict, restores, findings, problems }: Report): string {
  const state = ({ commit, environments, unnamed }: NonNullable<Report["restores"]>): string =>
    `${commit}(${[...environments, ...(unnamed ? ["-"] : [])].join(",")})`;
  const restored =
    restores === undefined
      ? "nothing"
      : [restores, ...(restores.also ?? []).map((also) => ({ ...also, complete: true }))].map(state).join("+") +
        (restores.complete ? "" : " partly");
  const existing = findings.filter(({ restored: by }) => by !== undefined).length;
  const blocks = [
    ...findings.filter(({ status, level }) => status === "introduced" && level === "deny"),
    ...problems.filter(({ status }) => status === "introduced"),
  ].length;
  return `${verdict} ${restored} restored=${existing} blocks=${blocks}`;
}

const old = (files: Files): Files => ({
  "other.yaml": pod("nginx:1", "z"),
  "production/base.yaml": pod("nginx:1", "p"),
  "staging/base.yaml": pod("nginx:1", "q"),
  ...files,
});
const production = (text: string, more: Files = {}): Files => old({ "production/web.yaml": text, ...more });

/** The branch had a finding (h1), which a later change mended (h2). */
const mended = [production(bad), production(bad, { "README.md": "1" }), production(pod("nginx:2"))];

const kustomized = (tag: string, more = ""): Files =>
  old({
    "production/kustomization.yaml": kustomization(
      `resources: [web.yaml]\nimages: [{ name: nginx, newTag: ${tag} }]\n${more}`,
    ),
    "production/web.yaml": pod("nginx"),
  });
const both = (one: string, other: string): Files => ({
  ...production(one),
  "staging/web.yaml": pod(other, "s"),
});
const claim = (size: string): string =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data, namespace: web, labels: { owner: me } }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }\n`;

const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: guard, labels: { owner: me } }
spec: { policyName: guard, validationActions: [Deny] }
`;

test.each<[string, readonly Files[], Files, string]>([
  [
    "a revert of the commit that mended it",
    mended,
    production(bad, { "README.md": "1" }),
    "pass c1(production) restored=1 blocks=0",
  ],
  [
    "a reset to an old tree, past another state",
    [...mended, production(pod("nginx:3"))],
    production(bad),
    "pass c1(production) restored=1 blocks=0",
  ],
  [
    "a revert of the revert",
    [...mended, production(bad), production(pod("nginx:2"))],
    production(bad),
    "pass c3(production) restored=1 blocks=0",
  ],
  [
    "a revert that brings nothing",
    [old({}), production(pod("nginx:1")), production(pod("nginx:2"))],
    production(pod("nginx:1")),
    "pass c1(production) restored=0 blocks=0",
  ],
  [
    "the same finding in a state that never was",
    mended,
    production(pod("nginx:latest", "b")),
    "fail nothing restored=0 blocks=1",
  ],
  [
    "a revert and something else in the same environment",
    mended,
    production(bad, { "production/new.yaml": pod("nginx:1", "n") }),
    "fail nothing restored=0 blocks=1",
  ],
  [
    "a revert and something else in another environment, which is judged as ever",
    mended,
    production(bad, { "staging/new.yaml": pod("nginx:latest", "n") }),
    "fail c1(production) partly restored=1 blocks=1",
  ],
  [
    "a revert in one of two environments that the state differs in",
    [both(bad, "nginx:1"), both(bad, "nginx:2"), both(pod("nginx:1"), "nginx:3")],
    both(bad, "nginx:3"),
    "pass c1(production) restored=1 blocks=0",
  ],
  [
    "two environments that go back to different states",
    [
      both(bad, "nginx:1"),
      both(bad, "nginx:2"),
      both(pod("nginx:2"), "nginx:2"),
      both(pod("nginx:2"), "nginx:3"),
      both(pod("nginx:4"), "nginx:4"),
    ],
    both(bad, "nginx:3"),
    "pass c3(staging)+c1(production) restored=1 blocks=0",
  ],
  [
    "a state that failed",
    [production(pod("nginx:1")), production(bad), production(pod("nginx:2"))],
    production(bad),
    "fail nothing restored=0 blocks=1",
  ],
  [
    "a newTag that goes back",
    [kustomized("latest"), { ...kustomized("latest"), "README.md": "1" }, kustomized("2")],
    { ...kustomized("latest"), "README.md": "2" },
    "pass c1(production) restored=1 blocks=0",
  ],
  [
    "the state of before, written otherwise",
    [kustomized("latest"), { ...kustomized("latest"), "README.md": "1" }, kustomized("2")],
    kustomized("latest", "# rolled back"),
    "pass c1(production) restored=1 blocks=0",
  ],
  [
    "the same in a file of another name",
    [old({}), production(pod()), production(pod("nginx:2"))],
    old({ "production/renamed.yaml": pod() }),
    "pass c1(production) restored=0 blocks=0",
  ],
  [
    "a finding in a file of another name, which is not known for the same",
    mended,
    old({ "production/renamed.yaml": bad }),
    "fail c1(production) restored=0 blocks=1",
  ],
  [
    "an object that was deleted, and comes again",
    [production(bad), production(bad, { "README.md": "1" }), old({})],
    production(bad),
    "pass c1(production) restored=1 blocks=0",
  ],
  [
    "what no environment names, as one environment of its own",
    [old({ "web.yaml": bad }), old({ "web.yaml": bad, "README.md": "1" }), old({ "web.yaml": pod() })],
    old({ "web.yaml": bad }),
    "pass c1(-) restored=1 blocks=0",
  ],
  [
    "what no environment names, where something else of it differs",
    [old({ "web.yaml": bad }), old({ "web.yaml": bad, "README.md": "1" }), old({ "web.yaml": pod() })],
    old({ "web.yaml": bad, "other.yaml": pod("nginx:2", "z") }),
    "fail nothing restored=0 blocks=1",
  ],
  [
    "an object that leaves with the state is a danger of the step: a volume",
    [
      production(bad),
      production(bad, { "README.md": "1" }),
      production(pod(), { "production/data.yaml": claim("1Gi") }),
    ],
    production(bad),
    "warn c1(production) restored=1 blocks=0",
  ],
  [
    "a field that cannot change is a danger of the step",
    [production(claim("1Gi")), production(claim("1Gi"), { "README.md": "1" }), production(claim("2Gi"))],
    production(claim("1Gi")),
    "fail c1(production) restored=0 blocks=1",
  ],
  [
    "a guardrail that leaves is a danger of the step",
    [production(bad), production(bad, { "README.md": "1" }), production(pod(), { "production/guard.yaml": policy })],
    production(bad),
    "fail c1(production) restored=1 blocks=1",
  ],
  [
    "a file that cannot be read, as in the state",
    [production("a: [", {}), production("a: [", { "README.md": "1" }), production(pod())],
    production("a: ["),
    "pass c1(production) restored=0 blocks=0",
  ],
  [
    "a GitOps object that leads elsewhere again",
    [
      old({
        "clusters/production/web.yaml": `${gitRepository}---\n${flux("./a")}`,
        "a/web.yaml": bad,
        "b/web.yaml": pod(),
      }),
      old({
        "clusters/production/web.yaml": `${gitRepository}---\n${flux("./a")}`,
        "a/web.yaml": bad,
        "b/web.yaml": pod("nginx:2"),
      }),
      old({
        "clusters/production/web.yaml": `${gitRepository}---\n${flux("./b")}`,
        "a/web.yaml": bad,
        "b/web.yaml": pod("nginx:2"),
      }),
    ],
    old({
      "clusters/production/web.yaml": `${gitRepository}---\n${flux("./a")}`,
      "a/web.yaml": bad,
      "b/web.yaml": pod("nginx:2"),
    }),
    "pass c1(production,-) restored=1 blocks=0",
  ],
])("%s", async (_, states, after, expected) => {
  const passed = await history(states);
  expect(told(await judge(states.at(-1), after, passed))).toBe(expected);
});

test("the rules of today decide: what a stricter one finds is introduced, whatever passed then", async () => {
  const lax: Rules = { config: { ...config, levels: { "images/tag": "warn" } } };
  const states = [production(pod()), production(bad), production(pod("nginx:2"))];
  const passed = await history(states, [lax, lax, lax]);
  expect(passed).toHaveLength(2);
  expect(told(await judge(states.at(-1), production(bad), passed))).toBe("fail c1(production) restored=0 blocks=1");
  expect(told(await judge(states.at(-1), production(bad), passed, lax))).toBe(
    "pass c1(production) restored=1 blocks=0",
  );
});

test("where all findings block, those of the state do too", async () => {
  const strict: Rules = { config: { ...config, block: "all" } };
  const { verdict, counts } = await judge(mended.at(-1), production(bad), await history(mended), strict);
  expect([verdict, counts.existing, counts.introduced]).toEqual(["fail", 1, 0]);
});

test("a state that takes more work than the limit to compare restores nothing, and spoils no verdict", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [`production/${at}.yaml`, pod("nginx:1", `m${at}`)]),
  );
  const states = [
    production(pod(), many),
    production(pod(), { ...many, "README.md": "1" }),
    production(pod("nginx:2")),
  ];
  const passed = await history(states);
  const limits = { manifests: 45 };
  expect(told(await judge(states.at(-1), production(pod()), passed, { limits }))).toBe(
    "pass nothing restored=0 blocks=0",
  );
  expect(told(await judge(states.at(-1), production(pod(), many), passed))).toBe(
    "pass c1(production) restored=0 blocks=0",
  );
});

test("an object that is moved to where nothing tells that it was applied is a difference", async () => {
  const passed = await history(mended);
  const after = old({ "elsewhere/web.yaml": bad });
  expect(told(await judge(mended.at(-1), after, passed))).toMatch(/^fail .*blocks=1$/);
});

/** One line that two environments get. */
const shared = (image: string, more: Files = {}): Files => ({
  "base/kustomization.yaml": kustomization("resources: [web.yaml]"),
  "base/web.yaml": pod(image),
  "production/kustomization.yaml": kustomization("resources: [../base]"),
  "staging/kustomization.yaml": kustomization("resources: [../base]"),
  ...more,
});
const sharedStates = [shared("nginx:latest"), shared("nginx:latest", { "README.md": "1" }), shared("nginx:2")];

const waived = (match: string): string =>
  `- policy: images/tag\n  match: ${match}\n  reason: the vendor\n  expires: 2026-03-01\n`;

test("what a waiver covered in one environment is news there, though another one had it of the same line", async () => {
  const waiver = { "waivers/w.yaml": waived("{ environment: production }") };
  const states = sharedStates.map((files) => ({ ...files, ...waiver }));
  const passed = await history(states);
  expect(passed).toHaveLength(2);
  expect(told(await judge(shared("nginx:2"), shared("nginx:latest"), passed))).toBe(
    "fail c1(production,staging) restored=1 blocks=1",
  );
});

test("what was off in one environment is news there, though another one had it of the same line", async () => {
  const off: Rules = {
    config: {
      ...config,
      environments: {
        ...config.environments,
        production: { ...environment("production"), levels: { "images/tag": "off" } },
      },
    },
  };
  const passed = await history(sharedStates, [off, off, off]);
  expect(passed).toHaveLength(2);
  expect(told(await judge(sharedStates.at(-1), shared("nginx:latest"), passed))).toBe(
    "fail c1(production,staging) restored=1 blocks=1",
  );
});

test("a gap that was allowed when the state passed blocks where gaps block since", async () => {
  const lax: Rules = { config: { ...config, gaps: "allow" } };
  const chart = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: chart, namespace: argocd, labels: { owner: me } }
spec:
  project: default
  destination: { server: https://kubernetes.default.svc, namespace: web }
  source: { repoURL: https://charts.example.com, chart: web, targetRevision: 1.0.0 }
`;
  const states = [old({}), old({ "clusters/chart.yaml": chart }), old({})];
  const after = states[1] ?? {};
  const passed = await history(states, [lax, lax, lax]);
  expect(passed).toHaveLength(2);
  const strict = await judge(states.at(-1), after, passed);
  expect(strict.gaps).toMatchObject([{ touched: true }]);
  expect(strict.verdict).toBe("error");
});
