import { spawnSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { loadAll } from "js-yaml";
import { directoryWith, portcullis, write } from "../cli/run-portcullis.ts";
import { root } from "../package/installed.ts";

const CHART = "deploy/helm/portcullis";

/** Every value that adds or changes an object. */
const everything = `database: external
replicas: 3
image: { digest: "sha256:${"a".repeat(64)}" }
imagePullSecrets: [{ name: registry }]
github: { apiUrl: "https://github.example.com/api/v3" }
publicUrl: https://portcullis.example.com
credentialsSecret: portcullis-credentials
extraEnv: [{ name: HTTPS_PROXY, value: "http://proxy.example.com:3128" }]
persistence: { size: 20Gi, storageClass: fast }
serviceAccountAnnotations: { example.com/role: reader }
podAnnotations: { example.com/note: "1" }
nodeSelector: { kubernetes.io/os: linux }
tolerations: [{ key: dedicated, operator: Exists }]
affinity: { podAntiAffinity: {} }
priorityClassName: important
ingress:
  { enabled: true, className: nginx, host: portcullis.example.com, tlsSecret: tls, annotations: { nginx.ingress.kubernetes.io/proxy-body-size: 26m } }
networkPolicy:
  from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ingress } } }]
  egress: [{ ports: [{ port: 3128 }] }]
serviceMonitor: { enabled: true, labels: { release: prometheus } }
`;

const production = `namespace: portcullis
resources: [../../deploy/kustomize/base]
components: [../../deploy/kustomize/postgresql, ../../deploy/kustomize/servicemonitor]
`;

interface Applied {
  readonly path: string;
  readonly values?: string;
}

/** A repository that applies what deploy/ holds, judged by the whole library. */
function repository(applied: readonly Applied[]): string {
  const directory = directoryWith({
    "values/everything.yaml": everything,
    "overlays/production/kustomization.yaml": production,
    "portcullis.yaml": `version: 1\npolicies: ["@portcullis/library"]\ngaps: block\napply:\n${applied
      .map(({ path, values }) =>
        path.startsWith("deploy/helm")
          ? `  - { path: ${path}, as: helm, namespace: portcullis, values: [${values ?? ""}] }\n`
          : `  - { path: ${path}, as: kustomize }\n`,
      )
      .join("")}`,
  });
  cpSync(join(root, "deploy"), join(directory, "deploy"), { recursive: true });
  return directory;
}

const check = (directory: string) => portcullis(directory, ["check", "--fail-on", "warn", "-o", "json"]);

interface JudgedReport {
  readonly verdict: string;
  readonly findings: readonly { readonly policy: string }[];
  readonly problems: readonly { readonly message: string }[];
  readonly gaps: readonly unknown[];
  readonly counts: { readonly manifests: number };
}

test.each([
  { name: "the chart with its default values", applied: { path: CHART }, manifests: 5 },
  { name: "the chart with every value", applied: { path: CHART, values: "values/everything.yaml" }, manifests: 7 },
  { name: "the Kustomize base", applied: { path: "deploy/kustomize/base" }, manifests: 6 },
  { name: "the base with its components", applied: { path: "overlays/production" }, manifests: 7 },
])("$name passes the whole library and the schemas, warnings included", async ({ applied, manifests }) => {
  const { code, out, err } = await check(repository([applied]));
  const { verdict, findings, problems, gaps, counts } = JSON.parse(out) as JudgedReport;
  expect({ verdict, findings, problems, gaps, manifests: counts.manifests, err }).toEqual({
    verdict: "pass",
    findings: [],
    problems: [],
    gaps: [],
    manifests,
    err: "",
  });
  expect(code).toBe(0);
});

test("the gate would find what the chart got wrong", async () => {
  const directory = repository([{ path: CHART }]);
  const path = `${CHART}/templates/statefulset.yaml`;
  const text = readFileSync(join(directory, path), "utf8");
  write(directory, {
    [path]: text.replace("allowPrivilegeEscalation: false", "privileged: true").replace("replicas:", "replica:"),
  });
  const { out } = await check(directory);
  const policies = (JSON.parse(out) as JudgedReport).findings.map(({ policy }) => policy);
  expect(policies).toEqual(expect.arrayContaining(["pods/privileged", "kubernetes/schema"]));
});

test("chart and base are the same objects, but for the base's Namespace", async () => {
  const directory = repository([{ path: CHART }, { path: "deploy/kustomize/base" }]);
  const [chart, base] = await Promise.all([rendered(directory, CHART), rendered(directory, "deploy/kustomize/base")]);
  expect(base.filter(({ kind }) => kind !== "Namespace")).toEqual(chart);
});

test("with PostgreSQL there are several replicas in both, and the database is reached", async () => {
  const directory = repository([{ path: CHART, values: "values/everything.yaml" }, { path: "overlays/production" }]);
  for (const source of [CHART, "overlays/production"]) {
    const text = JSON.stringify(await rendered(directory, source));
    expect(text).toMatch(/"replicas":[23]/);
    expect(text).toContain('"name":"DATABASE_URL"');
    expect(text).toContain('{"ports":[{"port":5432}]}');
  }
});

test.each([
  { values: "replicas: 2\n", expected: /replicas/ },
  { values: "replica: 1\n", expected: /replica/ },
  { values: "ingress: { enabled: true }\n", expected: /host/ },
  { values: "existingSecret: ''\n", expected: /existingSecret/ },
])("the chart's schema refuses $values", async ({ values, expected }) => {
  const directory = repository([{ path: CHART, values: "values/wrong.yaml" }]);
  write(directory, { "values/wrong.yaml": values });
  const { code, out } = await check(directory);
  expect(code).toBe(2);
  expect((JSON.parse(out) as JudgedReport).problems.map(({ message }) => message).join("\n")).toMatch(expected);
});

test("native helm has nothing to say about the chart either", () => {
  const directory = directoryWith({ "everything.yaml": everything });
  for (const values of [[], ["--values", join(directory, "everything.yaml")]]) {
    const { status, stdout, error } = spawnSync("helm", ["lint", "--strict", join(root, CHART), ...values], {
      encoding: "utf8",
    });
    if (error !== undefined) return void process.stderr.write("SKIPPED: helm lint needs helm\n");
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("0 chart(s) failed") });
  }
});

interface Manifest {
  readonly kind: string;
}

async function rendered(directory: string, source: string): Promise<readonly Manifest[]> {
  const { code, out, err } = await portcullis(directory, ["render", source]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const manifests = loadAll(out) as readonly Manifest[];
  return manifests.toSorted((one, other) => (one.kind < other.kind ? -1 : 1));
}
