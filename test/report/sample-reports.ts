import type { FormatOptions } from "../../src/report/format.ts";
import { blocksByDefault } from "../../src/report/format.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Report } from "../../src/model/report.ts";
import type { ReportedWaiver } from "../../src/model/waiver.ts";

/** The files that the sample reports are about. */
const SOURCES: { readonly [path: string]: readonly string[] } = {
  "apps/web/deployment.yaml": [
    "apiVersion: apps/v1",
    "kind: Deployment",
    "metadata:",
    "  name: web",
    "spec:",
    "  template:",
    "    spec:",
    "      containers:",
    "        - name: web",
    '          image: "nginx:latest" # to be pinned',
    "        - name: sidecar",
    "          image: envoy:v1.31.0",
  ],
  "apps/web/secret.yaml": ["kind: Secret", "stringData:", "  password: hunter2"],
  "apps/名前/cm.yaml": ["# 設定", `data: { 鍵: "値値値", x: ${"0123456789".repeat(20)} }`],
};

function readSample(path: string, line: number): string | undefined {
  return SOURCES[path]?.[line - 1];
}

export function finding(over: Partial<Finding> = {}): Finding {
  return {
    policy: "workloads/image-tag",
    rule: "deny",
    level: "deny",
    message: 'container "web" uses the tag "latest"',
    status: "introduced",
    manifest: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
    location: { path: "apps/web/deployment.yaml", line: 10, column: 18, precision: "value" },
    pointer: "/spec/template/spec/containers/0/image",
    fingerprint: "f00dfeed",
    title: "Images name a version",
    description: "A tag that moves changes what runs without a commit. Name a version.",
    docs: "https://example.com/policies/image-tag",
    ...over,
  };
}

export function report(over: Partial<Report> = {}): Report {
  return {
    version: 1,
    verdict: "pass",
    counts: { manifests: 3, sources: 3, introduced: 0, existing: 0, fixed: 0, waived: 0, problems: 0, gaps: 0 },
    findings: [],
    problems: [],
    checked: [
      { path: "apps/web/deployment.yaml", manifests: 2 },
      { path: "apps/web/service.yaml", manifests: 1, skipped: [{ line: 12, reason: "empty document" }] },
    ],
    skipped: [],
    sources: [],
    gaps: [],
    now: "2026-11-23T12:00:00Z",
    judged: { after: "4b825dc", before: "1f7a2c9", how: "test merge" },
    policies: { digest: "sha256-0123456789abcdef", count: 12 },
    mode: "enforce",
    ...over,
  };
}

const HOSTILE = `\u001b[31mred\u001b[0m @octocat #1 <img src=x onerror=alert(1)> | a | b |\n::error::owned ##[error]x \u202eevil https://evil.example/x \`code\` %0A`;

const missing = finding({
  policy: "workloads/resources",
  level: "warn",
  message: 'container "sidecar" sets no memory limit',
  location: { path: "apps/web/deployment.yaml", line: 11, column: 11, endLine: 12, precision: "parent" },
  pointer: "/spec/template/spec/containers/1",
  fingerprint: "beef",
  title: "Containers are limited",
  controls: ["NSA-4.1"],
  changed: true,
});

const webWaiver = {
  path: "waivers/web.yaml",
  line: 3,
  reason: "the vendor's image binds port 80",
  ticket: "SEC-1",
  owner: "@acme/shop",
  expires: "2027-01-15",
};

function reportedWaiver(over: Partial<ReportedWaiver>): ReportedWaiver {
  return {
    ...webWaiver,
    scope: { kind: "policy", policy: "workloads/image-tag" },
    match: { name: ["web"], path: ["apps/**"] },
    state: "in force",
    covers: 1,
    digest: "d1935",
    ...over,
  };
}

const FLEET = ["eu-1", "eu-2", "eu-3", "eu-4", "us-1", "us-2", "us-3", "us-4", "ap-1", "ap-2", "ap-3"].toSorted();
const overlay = (environment: string): string => `overlays/${environment}`;

/** Reports that every format prints into a golden file. */
export const samples: { readonly [name: string]: Report } = {
  pass: report(),
  rollback: report({
    counts: { manifests: 3, sources: 3, introduced: 0, existing: 1, fixed: 0, waived: 0, problems: 0, gaps: 0 },
    findings: [finding({ status: "existing", restored: "abc1234567890abc1234567890abc1234567890a" })],
    now: "2026-01-02T12:00:00Z",
    restores: {
      commit: "abc1234567890abc1234567890abc1234567890a",
      pull: 12,
      mergedAt: "2026-01-02T09:00:00Z",
      environments: ["production", "@here`*<b>"],
      unnamed: true,
      complete: false,
      also: [{ commit: "def4567890abc1234567890abc1234567890abcd", environments: ["staging"] }],
    },
  }),
  "change-without-manifests": report({ changes: { created: 0, updated: 0, deleted: 0, moved: 0 } }),
  "directory-without-manifests": report({
    counts: { manifests: 0, sources: 0, introduced: 0, existing: 0, fixed: 0, waived: 0, problems: 0, gaps: 0 },
    checked: [],
    judged: { after: "deploy", how: "directory" },
  }),
  fail: report({
    verdict: "fail",
    counts: { manifests: 3, sources: 3, introduced: 4, existing: 2, fixed: 1, waived: 1, problems: 1, gaps: 0 },
    findings: [
      missing,
      { ...missing, message: 'container "sidecar" sets no CPU request', fingerprint: "bee5" },
      finding(),
      finding({
        policy: "secrets/plain",
        message: "a Secret stands in plain text\nUse SOPS, or an ExternalSecret.",
        manifest: { apiVersion: "v1", kind: "Secret", name: "db" },
        location: { path: "apps/web/secret.yaml", line: 3, column: 13, precision: "value" },
        pointer: "/stringData/password",
        fingerprint: "c0de",
      }),
      finding({ status: "existing", fingerprint: "a1" }),
      finding({ status: "existing", fingerprint: "a2", level: "info" }),
      finding({ status: "fixed", fingerprint: "a3" }),
    ],
    problems: [
      {
        stage: "parse",
        status: "existing",
        path: "old/broken.yaml",
        line: 4,
        message: "found a tab where indentation was expected",
      },
    ],
    skipped: [
      { path: "charts/a/templates/x.yaml", reason: "part of a Helm chart" },
      { path: "charts/a/templates/y.yaml", reason: "part of a Helm chart" },
      { path: "kustomization.yaml", reason: "Kustomize overlay: not rendered yet" },
    ],
  }),
  waived: report({
    verdict: "error",
    counts: { manifests: 3, sources: 3, introduced: 1, existing: 0, fixed: 0, waived: 3, problems: 1, gaps: 0 },
    findings: [
      missing,
      finding({ waiver: webWaiver }),
      finding({ policy: "pods/host", fingerprint: "a4", waivable: false, status: "existing" }),
    ],
    problems: [
      { stage: "parse", status: "introduced", path: "apps/broken.yaml", line: 2, message: "not YAML" },
      { stage: "parse", status: "introduced", path: "old/broken.yaml", line: 4, message: "no YAML", waiver: webWaiver },
    ],
    gaps: [{ source: "charts/db", path: "charts/db/Chart.yaml", line: 1, reason: "a plugin", waiver: webWaiver }],
    waivers: [
      reportedWaiver({ state: "in force", covers: 1 }),
      reportedWaiver({ state: "in force", covers: 1, line: 8, daysLeft: 1 }),
      reportedWaiver({ state: "expired", covers: 2, line: 15, expires: "2026-11-01" }),
      reportedWaiver({ state: "proposed", change: "added", covers: 2, line: 22, scope: { kind: "gap" } }),
      reportedWaiver({ state: "approved", change: "widened", covers: 0, line: 29 }),
      reportedWaiver({ state: "withdrawn", change: "removed", covers: 1, line: 36 }),
    ],
  }),
  "report-only": report({
    mode: "report",
    verdict: "warn",
    counts: { manifests: 1, sources: 1, introduced: 1, existing: 0, fixed: 0, waived: 0, problems: 0, gaps: 0 },
    findings: [finding()],
  }),
  error: report({
    verdict: "error",
    counts: { manifests: 0, sources: 0, introduced: 0, existing: 0, fixed: 0, waived: 0, problems: 2, gaps: 0 },
    checked: [],
    problems: [
      {
        stage: "compile",
        status: "introduced",
        path: "policy/a.rego",
        line: 3,
        column: 5,
        message: "rego_unsafe_var_error: var x is unsafe",
      },
      { stage: "config", status: "introduced", message: "no manifest matches the pattern" },
    ],
    judged: { after: "deploy", how: "directory" },
  }),
  hostile: report({
    verdict: "fail",
    counts: { manifests: 1, sources: 1, introduced: 2, existing: 0, fixed: 1, waived: 0, problems: 1, gaps: 0 },
    findings: [
      finding({
        policy: HOSTILE,
        message: HOSTILE,
        title: HOSTILE,
        description: HOSTILE,
        docs: "javascript:alert(1)",
        manifest: { apiVersion: HOSTILE, kind: HOSTILE, namespace: HOSTILE, name: HOSTILE },
        location: { path: HOSTILE, line: 1, precision: "source" },
        metadata: { big: 9007199254740993n, note: HOSTILE },
      }),
      finding({
        message: "wide characters and a long line",
        location: { path: "apps/名前/cm.yaml", line: 2, column: 13, precision: "value" },
        docs: "https://user@evil.example/a|b",
      }),
      finding({ status: "fixed", policy: HOSTILE, location: { path: HOSTILE, line: 1, precision: "source" } }),
    ],
    problems: [{ stage: "read", status: "introduced", path: HOSTILE, line: 1, message: HOSTILE }],
    skipped: [{ path: HOSTILE, reason: HOSTILE }],
    sources: [
      { id: HOSTILE, kind: "kustomize", path: HOSTILE, line: 1, environments: [HOSTILE, "quiet"], manifests: 1 },
    ],
    gaps: [{ source: HOSTILE, path: HOSTILE, line: 1, reason: HOSTILE, touched: true }],
    manifestChanges: [
      {
        kind: "deleted",
        manifest: { apiVersion: HOSTILE, kind: HOSTILE, name: HOSTILE },
        sources: [HOSTILE],
        environments: [HOSTILE],
        finalizers: [HOSTILE],
        diff: `@@ -1,2 +0,0 @@\n-text: ${HOSTILE}\n-more: \`\`\`\`\n-</details>`,
      },
    ],
    unknownKinds: [{ kind: HOSTILE, manifests: 1 }],
  }),
  environments: report({
    verdict: "fail",
    counts: { manifests: 60, sources: 13, introduced: 3, existing: 1, fixed: 1, waived: 0, problems: 0, gaps: 3 },
    checked: [{ path: "apps/web/deployment.yaml", manifests: 1, sources: FLEET.map(overlay) }],
    findings: [
      finding({
        location: { path: "apps/web/deployment.yaml", line: 10, column: 18, precision: "value" },
        environments: FLEET,
        sources: FLEET.map(overlay),
      }),
      finding({
        policy: "changes/deletion",
        level: "warn",
        message: "Namespace shop leaves the desired state; Kustomization flux-system/apps prunes it",
        manifest: { apiVersion: "v1", kind: "Namespace", name: "shop" },
        location: { path: "clusters/eu-1/apps.yaml", line: 7, precision: "manifest" },
        related: { path: "apps/web/namespace.yaml", line: 1 },
        environment: "eu-1",
        environments: ["eu-1"],
        source: "Kustomization flux-system/apps",
        sources: ["Kustomization flux-system/apps"],
        fingerprint: "dead",
        title: "Objects that hold data or other objects are not deleted by accident",
      }),
      { ...missing, environments: ["eu-1", "eu-2"], sources: ["overlays/eu-1", "overlays/eu-2"] },
      finding({ ...missing, status: "existing", environments: ["eu-2", "us-1"], fingerprint: "a4" }),
      finding({ status: "fixed", environments: FLEET, sources: FLEET.map(overlay), fingerprint: "a5" }),
    ],
    sources: [...FLEET, "staging"].map((name) => ({
      id: overlay(name),
      kind: "kustomize",
      path: `${overlay(name)}/kustomization.yaml`,
      line: 1,
      environments: [name],
      manifests: 5,
    })),
    gaps: [
      {
        source: "HelmRelease monitoring/prometheus",
        path: "clusters/eu-1/monitoring.yaml",
        line: 3,
        reason: "only the registry https://charts.example.com has the chart; name a copy in helm.vendor",
        touched: true,
      },
      ...["a", "b"].map((name) => ({
        source: `Application argocd/${name}`,
        path: "clusters/eu-1/argo.yaml",
        line: 3,
        reason: "its plugin cannot be run",
      })),
    ],
    changes: { created: 0, updated: 11, deleted: 1, moved: 0 },
    manifestChanges: [
      {
        kind: "updated",
        manifest: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
        sources: FLEET.map(overlay),
        environments: FLEET,
        diff: "@@ -10,3 +10,3 @@\n       containers:\n-        - image: nginx:1.27\n+        - image: nginx:latest\n           name: web",
      },
      {
        kind: "deleted",
        manifest: { apiVersion: "v1", kind: "Namespace", name: "shop" },
        sources: ["Kustomization flux-system/apps"],
        environments: ["eu-1"],
        pruned: true,
        finalizers: ["kubernetes"],
        diff: "@@ -1,4 +0,0 @@\n-apiVersion: v1\n-kind: Namespace\n-metadata:\n-  name: shop",
      },
    ],
    unknownKinds: [{ kind: "example.com/Widget", manifests: 22 }],
  }),
};

/** Options as the command line gives them for a pipe. */
export function optionsFor(over: Partial<FormatOptions> = {}): FormatOptions {
  return { readLine: readSample, colour: false, showAll: false, blocks: blocksByDefault, ...over };
}
