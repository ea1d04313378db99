import { describe, expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { waiverDigest } from "../../../src/gate/waivers/match-waivers.ts";
import type { EnvironmentConfig } from "../../../src/model/config.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { deployment, told, waiver, waiverJudge, type Files, type Judged } from "./judging.ts";

const judged = waiverJudge();
const web: Files = { "apps/web.yaml": deployment() };
const clean: Files = { "apps/web.yaml": deployment("web", { user: 1000 }) };
const at = "waivers/w.yaml";
const of = (keys: Parameters<typeof waiver>[0] = {}): Files => ({ [at]: waiver(keys) });
const matching = (match: string): Files => of({ match });

/** The Deployment as eleven overlays render it, each in a namespace and environment of its own. */
const clusters = Array.from({ length: 11 }, (_, index) => `c${String(index + 1).padStart(2, "0")}`);
const fleet: Files = {
  "base/kustomization.yaml": "resources: [web.yaml]\n",
  "base/web.yaml": deployment(),
  ...Object.fromEntries(
    clusters.map((name) => [`clusters/${name}/kustomization.yaml`, `resources: [../../base]\nnamespace: ${name}\n`]),
  ),
};
const environments: { readonly [name: string]: EnvironmentConfig } = Object.fromEntries(
  clusters.map((name) => [name, { paths: [`clusters/${name}`], clusters: [], levels: {}, parameters: {} }]),
);
const inFleet = (after: Files): Judged => ({ after: { ...fleet, ...after }, config: { environments } });
const all = clusters.join(" ");

const unreadable: Files = { "apps/broken.yaml": "kind: Deployment\nkind: Service\n" };
const unrendered: Files = {
  "apps/app.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: app, namespace: argocd }
spec:
  project: default
  destination: { server: "https://kubernetes.default.svc", namespace: shop }
  source: { repoURL: "https://example.com/other.git", path: ., plugin: { name: own } }
`,
};

const inForce = `${at}:1 in force, covers 1`;
const waived = `pods/root web app introduced waived by ${at}:1`;
const blocked = "pods/root web app introduced";
const unused = "waivers/unused pods/root introduced";

describe("what a waiver covers in a tree", () => {
  test.each<[string, Judged, readonly string[]]>([
    ["the object that it names", { after: { ...web, ...of() } }, ["pass", waived, inForce]],
    ["nothing without a waiver", { after: web }, ["fail", blocked]],
    ["an object by namespace", { after: { ...web, ...matching("{ namespace: shop }") } }, ["pass", waived, inForce]],
    ["an object by a pattern", { after: { ...web, ...matching('{ name: "w*" }') } }, ["pass", waived, inForce]],
    ["one of several names", { after: { ...web, ...matching("{ name: [api, web] }") } }, ["pass", waived, inForce]],
    ["a file", { after: { ...web, ...matching("{ path: apps/web.yaml }") } }, ["pass", waived, inForce]],
    ["a directory", { after: { ...web, ...matching("{ path: apps/** }") } }, ["pass", waived, inForce]],
    [
      "a value",
      {
        after: {
          ...web,
          ...matching("{ pointer: /spec/template/spec/containers/*/securityContext/runAsUser }"),
        },
      },
      ["pass", waived, inForce],
    ],
    ["all policies of a glob", { after: { ...web, ...of({ policy: "pods/**" }) } }, ["pass", waived, inForce]],
    [
      "no other policy",
      { after: { ...web, ...of({ policy: "pods/other" }) } },
      ["fail", blocked, "waivers/unused pods/other introduced"],
    ],
    ["no other name", { after: { ...web, ...matching("{ name: we }") } }, ["fail", blocked, unused]],
    [
      "no other namespace",
      { after: { ...web, ...matching("{ name: web, namespace: prod }") } },
      ["fail", blocked, unused],
    ],
    ["no other file", { after: { ...web, ...matching("{ path: app/** }") } }, ["fail", blocked, unused]],
    ["no other value", { after: { ...web, ...matching("{ pointer: /spec }") } }, ["fail", blocked, unused]],
    [
      "no environment where none is known",
      { after: { ...web, ...matching("{ name: web, environment: prod }") } },
      ["fail", blocked, unused],
    ],
    [
      "one container of two",
      {
        after: {
          "apps/web.yaml": deployment("web", { sidecar: "runAsUser: 0" }),
          ...matching("{ name: web, container: app }"),
        },
      },
      ["fail", waived, "pods/root web sidecar introduced", inForce],
    ],
    [
      "both containers",
      {
        after: {
          "apps/web.yaml": deployment("web", { sidecar: "runAsUser: 0" }),
          ...matching("{ name: web, container: [app, sidecar] }"),
        },
      },
      ["pass", waived, `pods/root web sidecar introduced waived by ${at}:1`, `${at}:1 in force, covers 2`],
    ],
    [
      "one object of a file with two",
      { after: { "apps/web.yaml": `${deployment()}---\n${deployment("api")}`, ...of() } },
      ["fail", waived, "pods/root api app introduced", inForce],
    ],
    [
      "a finding that two waivers match, by the one that lasts longer",
      { after: { ...web, [at]: waiver() + waiver({ match: "{ path: apps/** }", expires: "2026-03-15" }) } },
      ["pass", `pods/root web app introduced waived by ${at}:5`, inForce, `${at}:5 in force, covers 1`],
    ],
    [
      "a finding that two waivers match, of which one has expired",
      { after: { ...web, [at]: waiver({ expires: "2026-01-01" }) + waiver({ match: "{ path: apps/** }" }) } },
      [
        "warn",
        `pods/root web app introduced waived by ${at}:5`,
        "waivers/expired pods/root introduced",
        `${at}:1 expired, covers 1`,
        `${at}:5 in force, covers 1`,
      ],
    ],
    [
      "a warning",
      { after: { "apps/web.yaml": deployment("web", { user: 1, labels: "{}" }), ...of({ policy: "meta/owner" }) } },
      ["pass", `meta/owner web introduced waived by ${at}:1`, inForce],
    ],
    [
      "no policy whose METADATA forbids it, where a glob matches it",
      { after: { "apps/web.yaml": deployment("web", { host: true }), ...of({ policy: "pods/*" }) } },
      ["fail", "pods/host web introduced", waived, inForce],
    ],
    [
      "no finding about waivers",
      {
        after: {
          ...web,
          [at]: waiver({ match: "{ name: api }" }) + waiver({ policy: "waiv*/*", match: "{ path: waivers/** }" }),
        },
      },
      ["fail", blocked, unused, "waivers/unused waiv*/* introduced"],
    ],
    [
      "a finding that eleven overlays render",
      inFleet(of()),
      ["pass", `pods/root web+10 app ${all} introduced waived by ${at}:1`, inForce],
    ],
    [
      "one environment of eleven",
      inFleet(matching("{ name: web, environment: c03 }")),
      [
        "fail",
        `pods/root web+9 app ${clusters.filter((name) => name !== "c03").join(" ")} introduced`,
        `pods/root web app c03 introduced waived by ${at}:1`,
        inForce,
      ],
    ],
    [
      "one namespace of eleven",
      inFleet(matching("{ namespace: c11 }")),
      [
        "fail",
        `pods/root web+9 app ${clusters.slice(0, 10).join(" ")} introduced`,
        `pods/root web app c11 introduced waived by ${at}:1`,
        inForce,
      ],
    ],
    [
      "overlays by the file of their base",
      inFleet(matching("{ path: base/web.yaml }")),
      ["pass", `pods/root web+10 app ${all} introduced waived by ${at}:1`, inForce],
    ],
    [
      "a problem of a file",
      {
        after: {
          ...clean,
          ...unreadable,
          ...of({ policy: undefined, problem: "parse", match: "{ path: apps/broken.yaml }" }),
        },
      },
      [
        "pass",
        "apps/broken.yaml:2: The key `kind` appears twice in one mapping: first on line 1, again on line 2. Kubernetes would use the last one; keep only one. waived by waivers/w.yaml:1",
        "waivers/w.yaml:1 in force, covers 1",
      ],
    ],
    [
      "a problem by what it says",
      {
        after: {
          ...clean,
          ...unreadable,
          ...of({ policy: undefined, problem: "parse", match: '{ path: apps/*, message: "*kind*" }' }),
        },
      },
      [
        "pass",
        "apps/broken.yaml:2: The key `kind` appears twice in one mapping: first on line 1, again on line 2. Kubernetes would use the last one; keep only one. waived by waivers/w.yaml:1",
        "waivers/w.yaml:1 in force, covers 1",
      ],
    ],
    [
      "no problem of another stage",
      {
        after: {
          ...clean,
          ...unreadable,
          ...of({ policy: undefined, problem: "render", match: "{ path: apps/broken.yaml }" }),
        },
      },
      [
        "error",
        "apps/broken.yaml:2: The key `kind` appears twice in one mapping: first on line 1, again on line 2. Kubernetes would use the last one; keep only one.",
      ],
    ],
    [
      "no problem by the name of a policy",
      { after: { ...clean, ...unreadable, ...matching("{ path: apps/** }") } },
      [
        "error",
        "apps/broken.yaml:2: The key `kind` appears twice in one mapping: first on line 1, again on line 2. Kubernetes would use the last one; keep only one.",
      ],
    ],
    [
      "a gap",
      {
        after: { ...clean, ...unrendered, ...of({ policy: undefined, gap: "true", match: "{ path: apps/app.yaml }" }) },
        config: { gaps: "block" },
      },
      [
        "warn",
        "meta/owner app introduced",
        "gap Application argocd/app waived by waivers/w.yaml:1",
        "waivers/w.yaml:1 in force, covers 1",
      ],
    ],
    [
      "no gap of another file",
      {
        after: { ...clean, ...unrendered, ...of({ policy: undefined, gap: "true", match: "{ path: apps/web.yaml }" }) },
        config: { gaps: "block" },
      },
      [
        "error",
        "meta/owner app introduced",
        "apps/app.yaml:7: Application argocd/app is not fully judged: not rendered: it needs the config management plugin own",
        "gap Application argocd/app",
      ],
    ],
    [
      "nothing where waivers are switched off",
      { after: { ...web, ...of() }, config: { waivers: { ...defaultConfig.waivers, files: [] } } },
      ["fail", blocked],
    ],
    [
      "what the configuration names",
      {
        after: { ...web, "teams/shop.yaml": waiver(), ...of({ match: "{ name: api }" }) },
        config: { waivers: { ...defaultConfig.waivers, files: ["teams/shop.yaml", "nowhere"] } },
      },
      ["pass", "pods/root web app introduced waived by teams/shop.yaml:1", "teams/shop.yaml:1 in force, covers 1"],
    ],
    [
      "a tree by the waivers of another that is trusted",
      { after: { ...web, ...of({ match: "{ name: api }" }) }, request: { trusted: memoryTree(of()) } },
      ["pass", waived, inForce],
    ],
  ])("%s", async (_, given, expected) => {
    expect(told(await judged(given))).toEqual(expected);
  });
});

describe("annotations of manifests", () => {
  const annotated = (text: string, user = 0): Files => ({
    "apps/web.yaml": deployment("web", { user, annotations: `{ portcullis.dev/waive: ${JSON.stringify(text)} }` }),
  });
  const own = "{ policy: pods/root, reason: port 80, expires: 2026-03-01 }";
  const named = { waivers: { ...defaultConfig.waivers, annotations: ["pods/*"] } };
  const ignored = "waivers/annotation web introduced";
  test.each<[string, Judged, readonly string[]]>([
    [
      "count for policies that the configuration names",
      { after: annotated(own), config: named },
      ["pass", "pods/root web app introduced waived by apps/web.yaml:1", "apps/web.yaml:1 in force, covers 1"],
    ],
    ["do not count for others", { after: annotated(own) }, ["fail", ignored, blocked]],
    [
      "count for a container alone",
      {
        after: annotated("- { policy: pods/root, match: { container: sidecar }, reason: r, expires: 2026-03-01 }"),
        config: named,
      },
      ["fail", blocked],
    ],
    [
      "do not count without a reason",
      { after: annotated("{ policy: pods/root, expires: 2026-03-01 }"), config: named },
      ["fail", ignored, blocked],
    ],
    [
      "do not count without a date",
      { after: annotated("{ policy: pods/root, reason: r }"), config: named },
      ["fail", ignored, blocked],
    ],
    [
      "do not count for long",
      { after: annotated(own.replace("2026-03", "2027-03")), config: named },
      ["fail", ignored, blocked],
    ],
    [
      "do not count by the hundred",
      { after: annotated(`- ${own}\n`.repeat(101)), config: named },
      ["fail", ignored, blocked],
    ],
    [
      "do not count once expired",
      { after: annotated(own.replace("2026-03", "2026-01")), config: named },
      ["fail", ignored, blocked],
    ],
    [
      "do not count for more than the configuration names",
      { after: annotated(own.replace("pods/root", '"*/root"')), config: named },
      ["fail", ignored, blocked],
    ],
    [
      "do not count for problems and gaps",
      { after: annotated("{ gap: true, match: { path: apps/* }, reason: r, expires: 2026-03-01 }"), config: named },
      ["fail", ignored, blocked],
    ],
    [
      "do not count as text of another kind",
      { after: annotated("yes please"), config: named },
      ["fail", ignored, blocked],
    ],
    [
      "cannot name another object",
      {
        after: {
          ...annotated("{ policy: pods/root, match: { name: api }, reason: r, expires: 2026-03-01 }", 1),
          "apps/api.yaml": deployment("api"),
        },
        config: named,
      },
      ["fail", "pods/root api app introduced"],
    ],
    [
      "come through overlays",
      {
        after: { ...fleet, "base/web.yaml": annotated(own)["apps/web.yaml"] ?? "" },
        config: { ...named, environments },
      },
      [
        "pass",
        `pods/root web+10 app ${all} introduced waived by base/web.yaml:1`,
        "base/web.yaml:1 in force, covers 1",
      ],
    ],
    [
      "count in the change that brings them",
      { before: clean, after: annotated(own), config: named },
      ["pass", "pods/root web app introduced waived by apps/web.yaml:1", "apps/web.yaml:1 in force, covers 1"],
    ],
  ])("%s", async (_, given, expected) => {
    expect(told(await judged(given))).toEqual(expected);
  });
});

describe("waivers and time", () => {
  test.each<[string, Judged, string, readonly string[]]>([
    [
      "the day before it expires",
      { after: { ...web, ...of() } },
      "2026-02-28T23:59:59Z",
      ["warn", waived, "waivers/expiring pods/root introduced", inForce],
    ],
    [
      "the day on which it expires",
      { after: { ...web, ...of() } },
      "2026-03-01T00:00:00Z",
      ["fail", blocked, "waivers/expired pods/root introduced", `${at}:1 expired, covers 1`],
    ],
    ["long before", { after: { ...web, ...of() } }, "2026-02-01T00:00:00Z", ["pass", waived, inForce]],
    [
      "after it expired, where it covers nothing",
      { after: { ...clean, ...of() } },
      "2026-03-02T00:00:00Z",
      ["warn", unused],
    ],
    [
      "shortly before, where a change touches what it covers",
      {
        before: { ...web, ...of() },
        after: { "apps/web.yaml": deployment("web", { annotations: "{ a: b }" }), ...of() },
      },
      "2026-02-20T00:00:00Z",
      [
        "pass",
        "pods/root web app existing waived by waivers/w.yaml:1",
        "waivers/expiring pods/root existing",
        "waivers/w.yaml:1 in force, covers 1",
      ],
    ],
    [
      "shortly before, where a change touches something else",
      { before: { ...web, ...of() }, after: { ...web, ...of(), "apps/api.yaml": deployment("api", { user: 1 }) } },
      "2026-02-20T00:00:00Z",
      ["pass", "pods/root web app existing waived by waivers/w.yaml:1", "waivers/w.yaml:1 in force, covers 1"],
    ],
  ])("%s", async (_, given, now, expected) => {
    expect(told(await judged({ ...given, request: { now } }))).toEqual(expected);
  });
});

describe("waivers of a change", () => {
  const approved = [
    waiverDigest({
      path: "",
      line: 1,
      scope: { kind: "policy", policy: "pods/root" },
      match: { kind: ["Deployment"], name: ["web"] },
      reason: "port 80",
      expires: "2026-03-01",
    }),
  ];
  test.each<[string, Judged, readonly string[]]>([
    [
      "cover what it introduces",
      { before: { ...clean, ...of() }, after: { ...web, ...of() } },
      ["pass", "pods/root web app introduced waived by waivers/w.yaml:1", "waivers/w.yaml:1 in force, covers 1"],
    ],
    [
      "cover what was there",
      { before: { ...web, ...of() }, after: { ...web, ...of() }, config: { block: "all" } },
      ["pass", "pods/root web app existing waived by waivers/w.yaml:1", "waivers/w.yaml:1 in force, covers 1"],
    ],
    [
      "that it brings itself do not count",
      { before: clean, after: { ...web, ...of() } },
      ["fail", "pods/root web app introduced", "waivers/w.yaml:1 proposed, added, covers 1"],
    ],
    [
      "that it brings itself count once approved",
      { before: clean, after: { ...web, ...of() }, request: { approved } },
      ["pass", "pods/root web app introduced waived by waivers/w.yaml:1", "waivers/w.yaml:1 approved, added, covers 1"],
    ],
    [
      "that were approved and edited since do not count",
      { before: clean, after: { ...web, ...of({ reason: "other" }) }, request: { approved } },
      ["fail", "pods/root web app introduced", "waivers/w.yaml:1 proposed, added, covers 1"],
    ],
    [
      "that it widens cover what they did",
      {
        before: { ...clean, ...of() },
        after: { ...web, ...matching("{ name: [web, api] }"), "apps/api.yaml": deployment("api") },
      },
      [
        "fail",
        "pods/root api app introduced",
        "pods/root web app introduced waived by waivers/w.yaml:1",
        "waivers/w.yaml:1 proposed, widened, covers 2",
        "waivers/w.yaml:1 in force, widened, covers 1",
      ],
    ],
    [
      "that it removes no longer cover",
      { before: { ...clean, ...of() }, after: web },
      ["fail", "pods/root web app introduced", "waivers/w.yaml:1 withdrawn, removed, covers 1"],
    ],
    [
      "that it removes are no loss for what was there",
      { before: { ...web, ...of() }, after: web },
      ["pass", "pods/root web app existing", "waivers/w.yaml:1 withdrawn, removed, covers 1"],
    ],
    [
      "that it narrows cover what is left",
      {
        before: { ...clean, ...matching("{ kind: Deployment }") },
        after: { ...web, ...of(), "apps/api.yaml": deployment("api") },
      },
      [
        "fail",
        "pods/root api app introduced",
        "pods/root web app introduced waived by waivers/w.yaml:1",
        "waivers/w.yaml:1 in force, narrowed, covers 1",
        "waivers/w.yaml:1 in force, narrowed, covers 1",
        "waivers/w.yaml:1 withdrawn, narrowed, covers 1",
      ],
    ],
    [
      "that it lets last longer count as before",
      { before: { ...clean, ...of() }, after: { ...web, ...of({ expires: "2026-04-01" }) } },
      [
        "pass",
        "pods/root web app introduced waived by waivers/w.yaml:1",
        "waivers/w.yaml:1 proposed, extended, covers 1",
        "waivers/w.yaml:1 in force, extended, covers 1",
      ],
    ],
    [
      "that have expired do not count by a later date of its own",
      { before: { ...clean, ...of({ expires: "2026-01-15" }) }, after: { ...web, ...of() } },
      ["fail", "pods/root web app introduced", "waivers/w.yaml:1 proposed, extended, covers 1"],
    ],
    [
      "that it moves to another file still count",
      { before: { ...clean, ...of() }, after: { ...web, "waivers/other.yaml": waiver() } },
      [
        "pass",
        "pods/root web app introduced waived by waivers/other.yaml:1",
        "waivers/other.yaml:1 in force, covers 1",
      ],
    ],
    [
      "no longer cover a file that it moves",
      {
        before: { ...web, ...matching("{ path: apps/web.yaml }") },
        after: { "shop/web.yaml": deployment(), ...matching("{ path: apps/web.yaml }") },
        config: { block: "all" },
      },
      ["fail", "pods/root web app introduced", "waivers/unused pods/root existing"],
    ],
    [
      "still cover an object whose file it moves",
      { before: { ...web, ...of() }, after: { "shop/web.yaml": deployment(), ...of() }, config: { block: "all" } },
      ["pass", "pods/root web app introduced waived by waivers/w.yaml:1", "waivers/w.yaml:1 in force, covers 1"],
    ],
    [
      "do not cover an object that it renames",
      { before: { ...web, ...of() }, after: { "apps/web.yaml": deployment("shop"), ...of() } },
      ["fail", "pods/root shop app introduced", "pods/root web app fixed", "waivers/unused pods/root existing"],
    ],
    [
      "are not needed for what it mends",
      { before: { ...web, ...of() }, after: { ...clean, ...of() } },
      ["pass", "pods/root web app fixed", "waivers/unused pods/root existing"],
    ],
    [
      "count from the trusted tree alone",
      { before: { ...clean, ...of() }, after: { ...web, ...of() }, request: { trusted: memoryTree({}) } },
      ["fail", "pods/root web app introduced", "waivers/w.yaml:1 proposed, covers 1"],
    ],
    [
      "count from a trusted tree that neither has",
      { before: clean, after: web, request: { trusted: memoryTree(of()) } },
      ["pass", "pods/root web app introduced waived by waivers/w.yaml:1", "waivers/w.yaml:1 in force, covers 1"],
    ],
    [
      "do not count from a trusted tree once it removes them",
      { before: { ...clean, ...of() }, after: web, request: { trusted: memoryTree(of()) } },
      ["fail", "pods/root web app introduced", "waivers/w.yaml:1 withdrawn, removed, covers 1"],
    ],
    [
      "may cover a problem that it brings",
      {
        before: { ...clean, ...of({ policy: undefined, problem: "parse", match: "{ path: apps/broken.yaml }" }) },
        after: {
          ...clean,
          ...unreadable,
          ...of({ policy: undefined, problem: "parse", match: "{ path: apps/broken.yaml }" }),
        },
      },
      [
        "pass",
        "apps/broken.yaml:2: The key `kind` appears twice in one mapping: first on line 1, again on line 2. Kubernetes would use the last one; keep only one. waived by waivers/w.yaml:1",
        "waivers/w.yaml:1 in force, covers 1",
      ],
    ],
    [
      "may cover a gap that it brings",
      {
        before: { ...clean, ...of({ policy: undefined, gap: "true", match: "{ path: apps/app.yaml }" }) },
        after: { ...clean, ...unrendered, ...of({ policy: undefined, gap: "true", match: "{ path: apps/app.yaml }" }) },
      },
      [
        "warn",
        "meta/owner app introduced",
        "gap Application argocd/app waived by waivers/w.yaml:1",
        "waivers/w.yaml:1 in force, covers 1",
      ],
    ],
    [
      "in a file that it breaks are a problem",
      { before: { ...clean, ...of() }, after: { ...web, [at]: `${waiver()}- policy: 1\n` } },
      [
        "error",
        "pods/root web app introduced",
        'waivers/w.yaml:5: "policy": expected a string; put quotes around it',
        'waivers/w.yaml:5: expected a key "expires"',
        'waivers/w.yaml:5: expected a key "match"',
        'waivers/w.yaml:5: expected a key "reason"',
        "waivers/w.yaml:1 withdrawn, removed, covers 1",
      ],
    ],
    [
      "in a file that was broken do not count, and are no fault of it",
      { before: { ...clean, [at]: "- {}\n" }, after: { ...web, [at]: "- {}\n" } },
      [
        "fail",
        "pods/root web app introduced",
        'waivers/w.yaml:1: expected a key "expires" (existing)',
        'waivers/w.yaml:1: expected a key "match" (existing)',
        'waivers/w.yaml:1: expected a key "reason" (existing)',
        "waivers/w.yaml:1: expected exactly one of policy, problem and gap (existing)",
      ],
    ],
    [
      "in a file that it mends are proposed",
      { before: { ...clean, [at]: "- {}\n" }, after: { ...web, ...of() } },
      ["fail", "pods/root web app introduced", "waivers/w.yaml:1 proposed, added, covers 1"],
    ],
  ])("%s", async (_, given, expected) => {
    expect(told(await judged(given))).toEqual(expected);
  });
});
