import { beforeAll, expect, test } from "@jest/globals";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

const POLICY = `# METADATA
# custom:
#   id: images/version
package images.version

import rego.v1

import data.lib.tags

deny contains message if {
	input.kind == "Pod"
	some container in input.spec.containers
	print("looks at", container.name)
	tags.moves(container.image)
	message := sprintf("container %s moves", [container.name])
}

deny contains "guessed" if {
	input.kind == "Secret"
	base64.decode(input.data.password) == "another"
}

deny contains "has no Pod" if {
	input.kind == "Service"
	some pod in data.portcullis.inventory.namespace[_]["v1"].Pod
	pod.metadata.name == input.metadata.name
}
`;
const LIBRARY = `package lib.tags

import rego.v1

moves(image) if endswith(image, ":latest")
`;
const pod = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: a, image: "a:1" }
`;
const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata: { password: aHVudGVyMg== }\n";
const service = "apiVersion: v1\nkind: Service\nmetadata: { name: api }\nspec: { ports: [{ port: 80 }] }\n";
const map = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

let ran: Ran;
beforeAll(async () => {
  const directory = directoryWith({
    "policies/images/version/policy.rego": POLICY,
    "policies/lib/tags.rego": LIBRARY,
    "policies/apart.rego": "# METADATA\n# custom: { id: other/broken }\npackage other.broken\n\ndeny contains x if y\n",
    "apps/all.yaml": [pod, secret, service, ...["a", "b", "c", "d"].map(map)].join("---\n"),
  });
  ran = await portcullis(directory, ["check", "apps", "-p", "policies", "--trace"]);
});

/** The lines about one manifest. */
function about(subject: string): string {
  const [, text = ""] = ran.err.split(`trace: images/version has no finding for ${subject} `);
  return text.split(/^trace: /m)[0] ?? "";
}

test("a rule that does not fire shows the condition that failed, in a helper too, and what it printed", () => {
  expect(about("Pod web")).toBe(`(apps/all.yaml:1)
  deny (policies/images/version/policy.rego:10): stops at line 14
    11  holds        input.kind == "Pod"
    12  holds        some container in input.spec.containers
    13  holds        print("looks at", container.name)
    14  FAILS        tags.moves(container.image)
                     container.image = "a:1"   apps/all.yaml:6
    moves (policies/lib/tags.rego:5): stops at line 5
      5  FAILS        endswith(image, ":latest")
                      image = "a:1"
  deny (policies/images/version/policy.rego:18): stops at line 19
    19  FAILS        input.kind == "Secret"
                     input.kind = "Pod"   apps/all.yaml:2
  deny (policies/images/version/policy.rego:23): stops at line 24
    24  FAILS        input.kind == "Service"
                     input.kind = "Pod"   apps/all.yaml:2
  print policies/images/version/policy.rego:13: looks at a
`);
});

test("no value of a Secret is shown", () => {
  expect(about("Secret s")).toContain('20  FAILS        base64.decode(input.data.password) == "another"\n');
  expect(ran.err).not.toMatch(/hunter2|aHVudGVyMg/);
});

test("other objects that a rule looks up are there", () => {
  expect(about("Service api")).toContain('pod.metadata.name = "web"\n');
});

test("manifests for which everything ends alike are listed, and the report is that of check", () => {
  expect(ran.err).toContain("trace: images/version ends at the same lines for ConfigMap d (apps/all.yaml:30)\n");
  expect(ran).toMatchObject({ code: 2, out: expect.stringContaining("policies/apart.rego:5") });
});
