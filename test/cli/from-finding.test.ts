import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const named = (id: string, body: string): string =>
  `# METADATA\n# custom: { id: ${id} }\npackage ${id.replace("/", ".")}\n\nimport rego.v1\n\n${body}`;
const FILES = {
  "portcullis.yaml": 'version: 1\npolicies: [policies]\ndata: [data]\nmanifests: { include: ["apps/**"] }\n',
  "data/tags.yaml": "moving: [latest]\n",
  "policies/version/policy.rego": named(
    "images/version",
    `deny contains message if {
	some container in input.spec.template.spec.containers
	some tag in data.moving
	endswith(container.image, tag)
	message := sprintf("container %s moves", [container.name])
}
`,
  ),
  "policies/version/policy_test.rego": `package images.version_test

import rego.v1

import data.images.version

test_an_empty_manifest_is_accepted if count(version.deny) == 0 with input as {}
`,
  "policies/weak/policy.rego": named(
    "credentials/weak",
    `deny contains {"msg": "a weak password", "details": {"path": ["stringData", "password"]}} if {
	count(input.stringData.password) < 20
}

deny contains "is changed" if data.portcullis.oldObject != null

deny contains "stands beside Pod web" if {
	input.kind == "Service"
	data.portcullis.inventory.namespace["default"]["v1"].Pod.web
}
`,
  ),
  "apps/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  replicas: 3
  template:
    spec:
      volumes: [{ name: tmp, emptyDir: {} }]
      containers:
        - name: a
          image: "a:1"
        - name: b
          image: "b:latest"
          ports: [{ containerPort: 80 }]
`,
  "apps/db.yaml": `apiVersion: v1
kind: Secret
metadata: { name: db }
type: Opaque
stringData:
  password: Tr0ub4dor-3xKq9
  other: hunter2
`,
  "apps/others.yaml":
    "apiVersion: v1\nkind: Service\nmetadata: { name: s }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: web }\n",
};

let directory: string;
beforeAll(() => {
  directory = directoryWith(FILES);
});

const read = (path: string): string => readFileSync(join(directory, path), "utf8");

test("the manifest of a finding becomes a fixture with nothing but what the rule needs, and a test rule", async () => {
  expect(await portcullis(directory, ["test", "--from", "apps/web.yaml:15"])).toEqual({
    code: 0,
    out: `wrote policies/version/fixtures/rejected-deployment-web.yaml
changed policies/version/policy_test.rego: test_deployment_web_is_found
`,
    err: "",
  });
  expect(read("policies/version/fixtures/rejected-deployment-web.yaml")).toBe(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: b
          image: "b:latest" # finding
`);
  expect(read("policies/version/policy_test.rego")).toContain(`
test_deployment_web_is_found if {
	"container b moves" in data.images.version.deny with input as {`);
});

test("nothing secret is written, and what is written passes", async () => {
  const { code, out } = await portcullis(directory, ["test", "--from", "apps/db.yaml:6"]);
  expect([code, out]).toEqual([
    0,
    "wrote policies/weak/fixtures/rejected-secret-db.yaml\nvalues that are secret were replaced by random ones\n",
  ]);
  const text = read("policies/weak/fixtures/rejected-secret-db.yaml");
  expect(text).toMatch(/^stringData:\n {2}password: \S{15} # finding\n$/m);
  expect(text).not.toMatch(/Tr0ub4dor|3xKq9|hunter2|other/);
  expect(await portcullis(directory, ["test"])).toMatchObject({ code: 0, out: expect.stringMatching(/\n?4 passed/) });
});

test.each([
  [["apps/others.yaml:2"], /^error: credentials\/weak: its manifest alone, .*check --record DIR/],
  [["apps/web.yaml:1"], /^error: apps\/web\.yaml:1: there is no finding at this line: the file has some at 6, 15\./],
  [["0123456789ab"], /^error: 0123456789ab: no finding has this fingerprint/],
  [["apps/web.yaml:15", "policies"], /^error: --from apps\/web\.yaml:15: a PATH of tests cannot be given with it/],
  [["apps/web.yaml:6"], /^error: kubernetes\/schema is not among the policies on disk/],
])("--from %j is refused, and writes nothing", async (args, message) => {
  expect(await portcullis(directory, ["test", "--from", ...args])).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringMatching(message),
  });
});
