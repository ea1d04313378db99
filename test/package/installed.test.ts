import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { directoryWith, git, portcullis, write } from "../cli/run-portcullis.ts";
import { startHelmRepository, type HelmRepository } from "../support/remote-servers/helm-repository.ts";
import { installedPackage, installedPortcullis, packageIn, readManifest, root } from "./installed.ts";

let directory: string;
let charts: HelmRepository;
beforeAll(async () => {
  directory = packageIn(await installedPackage());
  charts = await startHelmRepository([
    {
      name: "web",
      version: "1.0.0",
      files: { "templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n" },
    },
  ]);
});
afterAll(() => charts.close());

describe("the package of the command line", () => {
  test("needs no other package, runs no script when it is installed, and has this checkout's version", () => {
    const { dependencies, scripts, version, bin } = readManifest(directory);
    expect({ dependencies, scripts, version, bin }).toEqual({
      dependencies: undefined,
      scripts: undefined,
      version: readManifest(root).version,
      bin: { portcullis: "dist/src/cli/main.cjs" },
    });
    expect(readdirSync(join(directory, "../.."))).not.toContain("ajv");
  });

  test("holds no tests, no source maps, and the licence of everything in it", () => {
    const paths = readdirSync(directory, { recursive: true, encoding: "utf8" });
    expect(paths.filter((path) => /\.map$|_test\.rego$|fixtures|\.ts$/.test(path))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "NOTICE", "toolchain/dist/opa/THIRD_PARTY_NOTICES.txt"]));
    const notices = readFileSync(join(directory, "THIRD_PARTY_NOTICES.txt"), "utf8");
    for (const name of ["ajv", "undici", "octokit", "@open-policy-agent/opa-wasm", "re2js", "tar"])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, "m"));
  });

  test("has a page whose links work without the repository", () => {
    const text = readFileSync(join(directory, "README.md"), "utf8");
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
    expect(links.filter((target) => !target.startsWith("https://"))).toEqual([]);
    const { version } = readManifest(root);
    expect(links).toContain(`https://github.com/portcullis-gate/portcullis/blob/v${version}/docs/install.md`);
    expect(links).toContain(
      `https://raw.githubusercontent.com/portcullis-gate/portcullis/v${version}/docs/images/failing-check.png`,
    );
  });
});

test("the first check with the shipped library compiles nothing", async () => {
  const directory = directoryWith({
    "pod.yaml":
      'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: "nginx" }] }\n',
  });
  const cache = mkdtempSync(join(tmpdir(), "portcullis-cold-"));
  const { code, out } = await installedPortcullis(directory, ["check"], { PORTCULLIS_CACHE_DIR: cache });
  expect(out).toContain("deny[images/tag]");
  expect(code).toBe(1);
  const kept = readdirSync(cache, { recursive: true, encoding: "utf8" });
  expect(kept.filter((path) => path.startsWith("compiled"))).toEqual([]);
}, 120_000);

const policy = `# METADATA
# title: No pods
# custom:
#   id: pods/none
#   level: deny
package main

deny contains message if {
	input.kind == "Pod"
	message := sprintf("no %s", [input.metadata.name])
}
`;
const policyTest = `package main_test

import data.main

test_pods if count(main.deny) == 1 with input as {"kind": "Pod", "metadata": {"name": "a"}}
`;
// Decoding a token is left to OPA itself, in a thread and a process of their own.
const leftToOpa = `package main

deny contains message if {
	input.kind == "ConfigMap"
	message := sprintf("%v", [io.jwt.decode(input.data.token)[1].sub])
}
`;
const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZWFyY2gifQ.c2ln";
const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;
const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { token: ${token} }\n`;

function repository(): string {
  const cwd = directoryWith({
    "policy/p.rego": policy,
    "policy/p_test.rego": policyTest,
    "apps/kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: web-\n",
    "apps/pod.yaml": pod("a"),
    "token/policy.rego": leftToOpa,
    "token/map.yaml": configMap("m"),
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "chart/templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: {{ .Release.Name }} }\n",
  });
  git(cwd, "init", "--quiet", "--initial-branch=main");
  git(cwd, "add", "--all");
  git(cwd, "commit", "--quiet", "--message=base");
  git(cwd, "switch", "--quiet", "--create=change");
  write(cwd, { "apps/kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: api-\n" });
  git(cwd, "commit", "--quiet", "--all", "--message=change");
  return cwd;
}

const now = ["--now", "2027-01-01T00:00:00Z"];

test.each([
  { name: "its version", args: ["--version"], code: 0 },
  { name: "files", args: ["check", "-o", "json", ...now, "apps"], code: 1 },
  { name: "a change", args: ["check", "-o", "json", ...now, "--base", "main"], code: 1 },
  { name: "the shipped policies", args: ["check", "-p", "policies", "-o", "json", ...now, "apps"], code: 2 },
  { name: "a builtin that is left to OPA", args: ["check", "-p", "token", "-o", "json", ...now, "token"], code: 1 },
  { name: "tests of policies", args: ["test", "-o", "tap", "--coverage", "policy"], code: 0 },
  { name: "a Kustomize root", args: ["render", "apps"], code: 0 },
  { name: "a chart", args: ["render", "chart"], code: 0 },
  { name: "formatted Rego", args: ["fmt", "policy/p.rego"], code: 0 },
  { name: "the graph", args: ["graph", "-o", "json"], code: 0 },
  { name: "help", args: ["check", "--help"], code: 0 },
])("what is installed gives what the checkout gives: $name", async ({ args, code }) => {
  const cwd = repository();
  const installed = await installedPortcullis(cwd, args);
  expect(installed).toEqual(await portcullis(cwd, args));
  expect(installed.code).toBe(code);
});

test("the shipped policies judge where a repository has none", async () => {
  const cwd = directoryWith({ "web.yaml": `${pod("web")}spec:\n  containers: [{ name: web, image: nginx }]\n` });
  const { code, out } = await installedPortcullis(cwd, ["check"]);
  expect(out).toContain("deny[images/tag]");
  expect(code).toBe(1);
});

test("many files are shared among threads", async () => {
  const files = Array.from({ length: 1_600 }, (_, i) => [`apps/${i}.yaml`, configMap(`c${i}`)]);
  const cwd = directoryWith({ "policy/p.rego": policy, "apps/pod.yaml": pod("last"), ...Object.fromEntries(files) });
  const { code, err, out } = await installedPortcullis(cwd, ["check", "--threads", "2", "--no-cache"]);
  expect(err).not.toContain("a judging thread ended");
  expect(out).toContain("no last");
  expect(code).toBe(1);
});

test("what only servers have is fetched", async () => {
  const cwd = directoryWith({
    "portcullis.yaml": `version: 1\npolicies: [policy]\nremotes: { allow: ["${charts.origin}/**"] }\n`,
    "policy/p.rego": policy,
    "apps/web.yaml": `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: charts, namespace: web }
spec: { url: "${charts.origin}/charts" }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: web }
spec:
  chart: { spec: { chart: web, version: 1.0.0, sourceRef: { kind: HelmRepository, name: charts } } }
`,
  });
  const { code, out } = await installedPortcullis(cwd, ["check"]);
  expect(out).toContain("no web");
  expect(code).toBe(1);
});

test("GitHub is asked", async () => {
  const args = ["verify", "--commit", "0".repeat(40), "--repository", "acme/gitops", "--app-id", "1"];
  const { code, err } = await installedPortcullis(directoryWith({}), args, {
    GITHUB_TOKEN: "x",
    GITHUB_API_URL: "http://127.0.0.1:9",
  });
  expect(err).toContain("GitHub did not answer for acme/gitops");
  expect(code).toBe(2);
});

test("the server is not in the package, and serve says where it is", async () => {
  const { code, err } = await installedPortcullis(directoryWith({}), ["serve"]);
  expect(err).toContain("https://github.com/portcullis-gate/portcullis/blob/main/docs/install.md");
  expect(code).toBe(2);
});
