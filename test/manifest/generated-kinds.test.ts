import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { clusterScopedKinds, kubernetesGroups } from "../../src/manifest/kubernetes-kinds.ts";
import { openSchemaBundle } from "../../src/schema-bundle/open-bundle.ts";

const bundle = openSchemaBundle();

test("the groups of Kubernetes are those of the schemas that ship", () => {
  expect([...bundle.groups].filter((group) => !kubernetesGroups.has(group))).toEqual([]);
  expect([...clusterScopedKinds].filter((kind) => !kubernetesGroups.has(kind.slice(0, kind.indexOf("/"))))).toEqual([]);
});

test("the scopes are those of the newest Kubernetes that ships", () => {
  const [header] = readFileSync("src/manifest/kubernetes-kinds.ts", "utf8").split("\n");
  expect(header).toMatch(new RegExp(String.raw`, ${bundle.versions.at(-1) ?? ""}\.\d+; do not edit\.$`));
});

test("the required texts are what is generated from the schemas that ship", () => {
  expect(verify("required-texts")).toMatchObject({ status: 0, stderr: "" });
});

// Without the sweep the modules are compared only where Go has them already: they are large.
const scopes = verify("cluster-scoped", process.env["PORTCULLIS_SWEEP"] === undefined ? { GOPROXY: "off" } : {});
const canCompare = scopes.status !== 3;
if (!canCompare)
  process.stderr.write(
    `SKIPPED: comparing the scopes with Kubernetes' own needs Go and its modules, or the module proxy and PORTCULLIS_SWEEP=1 (${scopes.stderr.trim()})\n`,
  );

(canCompare ? test : test.skip)("the scopes are what is generated from Kubernetes' own modules", () => {
  expect(scopes).toMatchObject({ status: 0, stderr: "" });
});

function verify(name: string, environment: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [`toolchain/kinds/${name}.mjs`, "--verify"], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
}
