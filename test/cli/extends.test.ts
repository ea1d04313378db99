import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { tgz } from "../support/remote-servers/archives.ts";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";
import { startOciRegistry, type OciRegistry } from "../support/remote-servers/oci-registry.ts";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

type Files = { readonly [path: string]: string };

const POD = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: web, image: "evil.example.org/web:1" }] }
`;
const REGO = `package images.registry

# METADATA
# title: Images come from our registry
# custom: { severity: high }
deny contains msg if {
	some container in input.spec.containers
	not startswith(container.image, data.registry.prefix)
	msg := sprintf("%s is from elsewhere", [container.image])
}
`;
const OWN = `package main

warn contains "seen" if input.kind == "Pod"
`;
const shared: Files = {
  "gate/portcullis.yaml": `version: 1
policies: [rules]
data: [data]
locked: [mode, levels.images.registry]
levels: { main: info }
`,
  "gate/rules/registry.rego": REGO,
  "gate/data/registry/values.yaml": "prefix: registry.example.com/\n",
};

let server: GitServer;
let registry: OciRegistry;
let commit: string;
beforeAll(async () => {
  server = await startGitServer();
  registry = await startOciRegistry();
  commit = await server.create("acme/policies.git", shared);
});
afterAll(() => Promise.all([server.close(), registry.close()]));

const address = (directory = "gate"): string => `git+${server.url("acme/policies.git")}//${directory}`;
const allow = (): string =>
  `remotes: { allow: ["${server.origin}/**", "oci+http://${new URL(registry.origin).host}/**"] }\n`;

const repository = (configuration: string, more: Files = {}): string =>
  directoryWith({ "portcullis.yaml": configuration, "pod.yaml": POD, "policies/own.rego": OWN, ...more });
const check = (directory: string, ...args: readonly string[]): Promise<Ran> =>
  portcullis(directory, ["check", "--no-schemas", ...args, "pod.yaml"]);

test("policies, data and levels of a shared configuration hold beside the repository's own", async () => {
  const directory = repository(`version: 1\nextends: ${address()}?ref=${commit}#main\n${allow()}`);
  const { code, out, err } = await check(directory);
  expect(err).toBe("");
  expect(out).toContain("deny[images.registry]: evil.example.org/web:1 is from elsewhere\n --> pod.yaml:4");
  expect(out).toContain("info[main]: seen");
  expect(code).toBe(1);
  // What was fetched before is enough, and nothing else is asked.
  server.isDown = true;
  expect((await check(directory, "--offline")).code).toBe(1);
  server.isDown = false;
});

test("a repository cannot loosen what is locked, whatever else it sets", async () => {
  const own = `version: 1\nextends: ${address()}?ref=${commit}\n${allow()}levels: { main: warn }\n`;
  expect((await check(repository(own))).out).toContain("warn[main]: seen");
  const { code, out } = await check(repository(`${own.replace("main:", "images.registry: off, main:")}mode: report\n`));
  const by = `acme/policies@${commit.slice(0, 12)}/gate/portcullis.yaml:4, so that no other configuration sets it`;
  expect(out).toContain(`mode is locked by 127.0.0.1/${new URL(server.origin).port}/${by}\n  --> portcullis.yaml:5:1`);
  expect(out).toMatch(/levels\.images\.registry is locked by .*\n {2}--> portcullis\.yaml:4:/);
  expect(code).toBe(2);
});

test("update renews the commit", async () => {
  const old = await server.create("acme/renewed.git", shared);
  const at = (id: string): string => `git+${server.url("acme/renewed.git")}//gate/portcullis.yaml?ref=${id}#main`;
  const directory = repository(`version: 1\n# Ours.\nextends: "${at(old)}"\n${allow()}`);
  expect(await portcullis(directory, ["update", "--check"])).toMatchObject({ code: 0, out: `unchanged ${at(old)}\n` });
  const looser = { "gate/data/registry/values.yaml": "prefix: evil.example.org/\n" };
  const next = await server.commit("acme/renewed.git", looser);
  expect((await check(directory)).code).toBe(1);
  expect(await portcullis(directory, ["update"])).toMatchObject({ code: 0, out: `updated   ${at(next)}\n` });
  expect(readFileSync(join(directory, "portcullis.yaml"), "utf8")).toContain(`# Ours.\nextends: "${at(next)}"\n`);
  expect((await check(directory)).code).toBe(0);
});

test("an artifact may hold a shared configuration, with a bundle beside it", async () => {
  const bundle = tgz([
    { path: ".manifest", content: '{"roots": ["images", "registry"]}' },
    { path: "images/registry.rego", content: REGO },
    { path: "registry/data.json", content: '{"prefix": "registry.example.com/"}' },
  ]);
  const content = tgz([
    { path: "portcullis.yaml", content: "version: 1\npolicies: [bundle.tar.gz]\n" },
    { path: "bundle.tar.gz", content: bundle },
  ]);
  const digest = registry.push("acme/gate", "1", [
    { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", content },
  ]);
  const url = `oci+http://${new URL(registry.origin).host}/acme/gate:1@${digest}`;
  const { code, out } = await check(repository(`version: 1\nextends: "${url}"\n${allow()}`));
  expect(out).toContain("deny[images.registry]: evil.example.org/web:1 is from elsewhere");
  expect(code).toBe(1);
});

test("a file of the repository may extend another one", async () => {
  const directory = repository("version: 1\nextends: gate/prod/portcullis.yaml\n", {
    ...shared,
    "gate/prod/portcullis.yaml":
      "version: 1\nextends: ../portcullis.yaml\nlevels: { images.registry: warn }\nlocked: [block]\n",
  });
  const { code, out } = await check(directory);
  // The lock holds for every configuration that extends the one with it.
  expect(out).toMatch(
    /levels\.images\.registry is locked by gate\/portcullis\.yaml:4.*\n {2}--> gate\/prod\/portcullis\.yaml:3:/,
  );
  expect(code).toBe(2);
});

test("a configuration that cannot be had blocks, even where the repository only reports", async () => {
  const { code, out } = await check(repository("mode: report\nextends: shared.yaml\n"));
  expect(out).toMatch(/extends: shared\.yaml: no such file.*\n {2}--> portcullis\.yaml:2:/);
  expect(code).toBe(2);
});
