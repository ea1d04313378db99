import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { chartArchive } from "../support/remote-servers/archives.ts";
import { helmConfig, helmLayer, startOciRegistry, type OciRegistry } from "../support/remote-servers/oci-registry.ts";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

let registry: OciRegistry;
beforeEach(async () => {
  registry = await startOciRegistry();
});
afterEach(() => registry.close());

/** Publishes chart `web` in a version under a tag, and returns the first digits of its digest as Flux appends them. */
function push(tag: string, version: string, notes = ""): { readonly digest: string; readonly digits: string } {
  const content = chartArchive("web", version, {
    "Chart.yaml": `apiVersion: v2\nname: web # the chart\nversion: "${version}"   # its version\nappVersion: "1.10"\n`,
    "values.yaml": "image: nginx:1\n",
    "templates/pod.yaml": [
      "apiVersion: v1",
      "kind: Pod",
      "metadata:",
      "  name: web",
      '  labels: { helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }} }',
      "  annotations: { app: {{ .Chart.AppVersion | quote }} }",
      'spec: { containers: [{ name: web, image: "{{ .Values.image }}" }] }',
    ].join("\n"),
    ...(notes === "" ? {} : { "README.md": notes }),
  });
  const digest = registry.push("charts/web", tag, [{ mediaType: helmLayer, content }], helmConfig);
  return { digest, digits: digest.slice("sha256:".length, "sha256:".length + 12) };
}

const objects = (ref: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: { name: web, namespace: web }
spec:
  url: oci://${registry.host}/charts/web
  ref:
    ${ref}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: web }
spec: { chartRef: { kind: OCIRepository, name: web } }
`;
const repository = (ref: string, more: { readonly [path: string]: string } = {}): string =>
  directoryWith({
    "portcullis.yaml": `version: 1\npolicies: [policy]\nschemas: off\nremotes: { allow: ["oci+http://${registry.host}/**"] }\n`,
    "policy/none.rego": "package main\n\ndeny contains input.none\n",
    "apps/web.yaml": objects(ref),
    ...more,
  });

const rendered = async (directory: string): Promise<string> => {
  const { out, err } = await portcullis(directory, ["render", "HelmRelease web/web"]);
  return out + err;
};

test("the digest of a chart that an OCIRepository names becomes a part of its version, as in the cluster", async () => {
  const { digits } = push("1.2.3", "1.2.3");
  const out = await rendered(repository("tag: 1.2.3"));
  expect(out).toContain(`helm.sh/chart: web-1.2.3_${digits}`);
  expect(out).toContain(`app: "1.10"`);
});

test.each([
  ["a chart with a build and a v", "v1.2.3_build.5", "v1.2.3+build.5", "1.2.3"],
  ["a pre-release", "1.2.3-rc.1", "1.2.3-rc.1", "1.2.3-rc.1"],
  ["a tag of fewer numbers", "1.2", "1.2.0", "1.2.0"],
  ["a tag that is no version", "stable", "1.2.3", "1.2.3"],
])("%s has it as Flux prints the version", async (_, tag, version, printed) => {
  const { digits } = push(tag, version);
  expect(await rendered(repository(`tag: "${tag}"`))).toContain(`helm.sh/chart: web-${printed}_${digits}`);
});

test("so has a chart by digest or range", async () => {
  const { digest, digits } = push("1.2.3", "1.2.3");
  expect(await rendered(repository(`digest: ${digest}`))).toContain(`web-1.2.3_${digits}`);
  expect(await rendered(repository('semver: "1.x"'))).toContain(`web-1.2.3_${digits}`);
});

test("where helm-controller does not track digests, the version is the chart's own", async () => {
  push("1.2.3", "1.2.3");
  const controller = (gates: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: helm-controller, namespace: flux-system }\nspec: { template: { spec: { containers: [{ name: manager, args: ["--feature-gates=${gates}"] }] } } }\n`;
  const at = (gates: string): Promise<string> =>
    rendered(repository("tag: 1.2.3", { "flux/controller.yaml": controller(gates) }));
  expect(await at("A=true,DisableChartDigestTracking=true")).toMatch(/helm\.sh\/chart: web-1\.2\.3 /);
  expect(await at("DisableChartDigestTracking=false")).toMatch(/helm\.sh\/chart: web-1\.2\.3_/);
});

test("a tag of another version than the chart's is refused, as helm-controller does", async () => {
  push("1.2.4", "1.2.3");
  const { code, out } = await portcullis(repository("tag: 1.2.4"), ["check"]);
  expect(out).toContain(
    `cannot be installed: the tag 1.2.4 of oci://${registry.host}/charts/web has version 1.2.3 of the chart`,
  );
  expect(out).toContain("--> apps/web.yaml:7");
  expect(code).toBe(2);
});

test("a new digest alone changes what is rendered, and the same digest changes nothing", async () => {
  const first = push("stable", "1.2.3");
  const directory = repository("tag: stable");
  git(directory, "init", "--quiet", "--initial-branch=main");
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=base");
  expect(await rendered(directory)).toContain(`web-1.2.3_${first.digits}`);
  const second = push("stable", "1.2.3", "published again");
  expect(second.digits).not.toBe(first.digits);
  expect(await rendered(directory)).toContain(`web-1.2.3_${second.digits}`);
  git(directory, "switch", "--quiet", "--create=change");
  const changed = async (ref: string): Promise<readonly string[]> => {
    write(directory, { "apps/web.yaml": objects(ref) });
    git(directory, "commit", "--quiet", "--all", "--message=change");
    const { out } = await portcullis(directory, ["check", "--base", "main", "--diff", "-o", "json"]);
    const report = JSON.parse(out) as { manifestChanges?: readonly { manifest: { kind: string } }[] };
    return (report.manifestChanges ?? []).map(({ manifest }) => manifest.kind);
  };
  expect(await changed(`digest: ${first.digest}`)).toContain("Pod");
  expect(await changed(`digest: ${second.digest}`)).not.toContain("Pod");
});
