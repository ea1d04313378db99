import { expect, test } from "@jest/globals";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

const CLUSTERS = ["c1", "c2", "c3"] as const;

const kustomization = (path: string, more = ""): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { path: ./${path}, prune: true, ${more}interval: 10m, sourceRef: { kind: GitRepository, name: flux-system } }
`;

const deployment = (image: string, app = "web"): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${app} } }
  template:
    metadata: { labels: { app: ${app} } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`;

const secret = (password: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\nstringData: { password: ${password} }\n`;

const POLICY = `# METADATA
# title: Images name a version
# custom:
#   id: images/tag
package images.tag

import rego.v1

deny contains "latest is no version" if {
	some container in input.spec.template.spec.containers
	endswith(container.image, ":latest")
}

deny contains sprintf("fewer than %d in %s", [least, data.portcullis.environment]) if {
	least := data.parameters["images/tag"].least
	input.spec.replicas < least
}
`;

const BASE: { readonly [path: string]: string } = {
  "portcullis.yaml": `version: 1
policies: [policies]
levels: { images/tag: { level: warn, until: 2027-01-15, then: deny } }
environments:
  c3: { levels: { images/tag: deny }, parameters: { images/tag: { least: 2 } } }
`,
  "policies/tag.rego": POLICY,
  "base/kustomization.yaml": "resources: [deployment.yaml, namespace.yaml, secret.yaml]\n",
  "base/deployment.yaml": deployment("web:1"),
  "base/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n",
  "base/secret.yaml": secret("correct-horse"),
  "empty/kustomization.yaml": "resources: [map.yaml]\n",
  "empty/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: nothing, namespace: shop }\n",
  ...Object.fromEntries(
    CLUSTERS.flatMap((name) => [
      [`apps/${name}/kustomization.yaml`, "resources: [../../base]\n"],
      [`clusters/${name}/apps.yaml`, kustomization(`apps/${name}`)],
    ]),
  ),
};

function fleet(change: { readonly [path: string]: string }, removed: readonly string[] = []): string {
  const directory = directoryWith(BASE);
  git(directory, "init", "--quiet", "--initial-branch=main");
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=base");
  git(directory, "switch", "--quiet", "--create=change");
  write(directory, change);
  if (removed.length > 0) git(directory, "rm", "--quiet", ...removed);
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=change");
  return directory;
}

interface Shown {
  readonly policy: string;
  readonly level: string;
  readonly status: string;
  readonly message: string;
  readonly environments?: readonly string[];
  readonly location: { readonly path: string; readonly line: number };
}

async function judged(directory: string, now: string) {
  const { out, code } = await portcullis(directory, ["check", "--base", "main", "--now", now, "--diff", "-o", "json"]);
  const report = JSON.parse(out) as {
    readonly findings: readonly Shown[];
    readonly matrix: unknown;
    readonly manifestChanges: unknown;
  };
  const findings = report.findings.map(
    ({ policy, level, status, message, environments = [], location: { path, line } }) =>
      `${status} ${level} ${policy} ${path}:${line} [${environments.join(" ")}] ${message}`,
  );
  return { ...report, out, code, findings };
}

const BEFORE = "2027-01-14T12:00:00Z";

test("one change of a base is one finding with its environments, each by its own level; the day makes them equal", async () => {
  const directory = fleet({ "base/deployment.yaml": deployment("web:latest"), "base/secret.yaml": secret("hunter2") });
  const before = await judged(directory, BEFORE);
  expect(before.findings.toSorted()).toEqual([
    "existing deny images/tag base/deployment.yaml:5 [c3] fewer than 2 in c3",
    "introduced deny images/tag base/deployment.yaml:9 [c3] latest is no version",
    "introduced warn images/tag base/deployment.yaml:9 [c1 c2] latest is no version",
  ]);
  expect(before.code).toBe(1);
  const cell = (level: string, existing: number) => [{ policy: "images/tag", level, introduced: 1, existing }];
  expect(before.matrix).toEqual([
    { environment: "c1", policies: cell("warn", 0) },
    { environment: "c2", policies: cell("warn", 0) },
    { environment: "c3", policies: cell("deny", 1) },
  ]);
  expect(before.manifestChanges).toMatchObject([
    {
      manifest: { kind: "Deployment" },
      environments: CLUSTERS,
      diff: expect.stringContaining("+        - image: web:latest"),
    },
    {
      manifest: { kind: "Secret" },
      environments: CLUSTERS,
      diff: expect.stringContaining("+  password: '*** (after)'"),
    },
  ]);
  expect(before.out).not.toMatch(/hunter2|correct-horse/);
  const after = await judged(directory, "2027-01-15T00:00:00Z");
  expect(after.findings).toContain("introduced deny images/tag base/deployment.yaml:9 [c1 c2 c3] latest is no version");
});

test("a line less in a kustomization deletes a Namespace of every cluster, and a selector cannot change in any", async () => {
  const directory = fleet({
    "base/kustomization.yaml": "resources: [deployment.yaml, secret.yaml]\n",
    "base/deployment.yaml": deployment("web:1", "shop"),
  });
  const { findings } = await judged(directory, BEFORE);
  expect(findings.filter((line) => line.includes("changes/"))).toEqual([
    'introduced deny changes/immutable-field base/deployment.yaml:6 [c1 c2 c3] spec.selector cannot be changed once the object exists: matchLabels.app was "web" and would be "shop"',
    "introduced warn changes/deletion base/kustomization.yaml:1 [c1 c2 c3] Namespace shop leaves the desired state; Kustomization flux-system/apps prunes it; everything in it is deleted with it",
  ]);
});

test("a Flux object that goes, one that moves on, a suspended one and a second owner are each found at their file", async () => {
  const directory = fleet(
    {
      "base/secret.yaml": secret("hunter2"),
      "clusters/c2/apps.yaml": kustomization("empty"),
      "clusters/c3/apps.yaml": kustomization("apps/c3", "suspend: true, "),
      "clusters/c3/more.yaml": kustomization("apps/c3").replace("name: apps", "name: more"),
    },
    ["clusters/c1/apps.yaml"],
  );
  const { findings } = await judged(directory, BEFORE);
  const all = "1 Deployment, 1 Namespace and 1 Secret";
  expect(findings.filter((line) => /changes\/(?!deletion)/.test(line)).toSorted()).toEqual([
    "introduced deny changes/two-owners base/secret.yaml:1 [c3] Kustomization flux-system/more and Kustomization flux-system/apps both yield Secret shop/db: here and at base/secret.yaml:1",
    "introduced deny changes/two-owners clusters/c3/more.yaml:1 [c3] Kustomization flux-system/more and Kustomization flux-system/apps both yield Deployment shop/web: here and at base/deployment.yaml:1",
    "introduced deny changes/two-owners clusters/c3/more.yaml:1 [c3] Kustomization flux-system/more and Kustomization flux-system/apps both yield Namespace shop: here and at base/namespace.yaml:1",
    `introduced warn changes/prune clusters/c1/apps.yaml:1 [c1] Kustomization flux-system/apps is removed and deletes what it applied: ${all}`,
    `introduced warn changes/prune clusters/c2/apps.yaml:1 [c2] Kustomization flux-system/apps changes and prunes what it no longer yields: ${all}`,
    "introduced warn changes/suspended clusters/c3/apps.yaml:1 [c3] Kustomization flux-system/apps is suspended: this change to 1 object has no effect until it is resumed",
  ]);
});
