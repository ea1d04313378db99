import { beforeAll, describe, expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const POLICY = `# METADATA
# title: Containers use a version
# description: Name a version of the image.
# related_resources:
# - ref: https://handbook.example.com/images
# custom:
#   id: images/version
#   parameters:
#     exempt: { type: array, items: { type: string } }
package images.version

import rego.v1

deny contains {"msg": message} if {
	input.kind == "Pod"
	some container in input.spec.containers
	moving(container.image)
	message := sprintf("container %s moves", [container.name])
}

moving(image) if {
	not image in exempt
	endswith(image, ":latest")
}

exempt := data.parameters["images/version"].exempt
`;
const pod = (...containers: readonly string[]): string =>
  `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
${containers.map((one) => `    - ${one}\n`).join("")}`;
const FILES = {
  "portcullis.yaml": 'version: 1\npolicies: [policies]\ndata: [data]\nmanifests: { include: ["apps/**"] }\n',
  "data/parameters.yaml": 'parameters: { images/version: { exempt: ["tools:latest"] } }\n',
  "policies/images/version/policy.rego": POLICY,
  "apps/bad.yaml": pod("{ name: a, image: a:1 }", "{ name: b, image: b:latest }"),
  "apps/good.yaml": pod("{ name: a, image: tools:latest }", "{ name: b, image: b:2 }").replace("web", "good"),
  "apps/silent.yaml": pod("{ image: c:latest }").replace("web", "silent"),
  "apps/service.yaml": "apiVersion: v1\nkind: Service\nmetadata: { name: s }\nspec: { ports: [{ port: 80 }] }\n",
};

let directory: string;
beforeAll(() => {
  directory = directoryWith(FILES);
});

describe("explain", () => {
  test("a finding by its place: conditions, values with their lines, how to fix", async () => {
    const { code, out } = await portcullis(directory, ["explain", "apps/bad.yaml:9"]);
    expect({ code, out }).toEqual({
      code: 0,
      out: `images/version: container b moves
  Pod shop/web (apps/bad.yaml:9)

deny (policies/images/version/policy.rego:14): every condition holds
  15  holds        input.kind == "Pod"
                   input.kind = "Pod"   apps/bad.yaml:2
  16  holds        some container in input.spec.containers
                   input.spec.containers = [{"image":"a:1","name":"a"},{"image":"b:latest","name":"b"}]   apps/bad.yaml:7
  17  holds        moving(container.image)
                   container.image = "b:latest"   apps/bad.yaml:9
  18  holds        message := sprintf("container %s moves", [container.name])
                   container.name = "b"   apps/bad.yaml:9
                   sprintf("container %s moves", [container.name]) = "container b moves"
  14  holds        {"msg": message}

how to fix
  Name a version of the image.
  see https://handbook.example.com/images

how to let it through
  in portcullis.yaml, which the owners of the rules review: levels: { images/version: warn }
`,
    });
  });

  test("a finding by its fingerprint, also of a report", async () => {
    const { out } = await portcullis(directory, ["check", "-o", "json=report.json", "-o", "json"]);
    const { findings } = JSON.parse(out) as {
      readonly findings: readonly { readonly policy: string; readonly fingerprint: string }[];
    };
    const { fingerprint = "" } = findings.find(({ policy }) => policy === "images/version") ?? {};
    const direct = await portcullis(directory, ["explain", fingerprint]);
    expect(direct.out).toContain('container.image = "b:latest"   apps/bad.yaml:9\n');
    expect(await portcullis(directory, ["explain", fingerprint, "--report", "report.json"])).toEqual(direct);
  });

  test("why a policy finds nothing: each function that is asked, and the first condition that failed", async () => {
    const { code, out } = await portcullis(directory, ["explain", "images/version", "apps/good.yaml"]);
    expect(code).toBe(0);
    expect(out).toContain("images/version has no finding for Pod shop/good (apps/good.yaml:1)\n");
    expect(out).toContain("deny (policies/images/version/policy.rego:14): stops at line 17\n");
    expect(out).toContain("  17  FAILS        moving(container.image)\n");
    expect(out).toContain('container.image = "tools:latest"   apps/good.yaml:8\n');
    expect(out).toContain('container.image = "b:2"   apps/good.yaml:9\n');
    expect(out).toContain("  moving (policies/images/version/policy.rego:21): stops at line 22\n");
  });

  test.each([
    [
      "the first condition",
      "apps/service.yaml",
      ['15  FAILS        input.kind == "Pod"', 'input.kind = "Service"   apps/service.yaml:2'],
    ],
    [
      "a message that is undefined",
      "apps/silent.yaml:1",
      ["18  FAILS        message := sprintf", "container.name is undefined; container = "],
    ],
  ])("why a policy finds nothing: %s", async (_, manifest, lines) => {
    const { out } = await portcullis(directory, ["explain", "images/version", manifest]);
    for (const line of lines) expect(out).toContain(line);
  });

  test("a policy: what it asks for, its parameters with their values, its rules", async () => {
    const { code, out } = await portcullis(directory, ["explain", "images/version"]);
    expect(code).toBe(0);
    for (const line of [
      "images/version: Containers use a version\n",
      "level   deny\n",
      'exempt  {"items":{"type":"string"},"type":"array"}\n',
      '    everywhere: ["tools:latest"]\n',
      "  17 |     moving(container.image)\n",
    ])
      expect(out).toContain(line);
  });

  test.each([
    [["explain", "images/verson"], "error: there is no policy images/verson: did you mean images/version?\n"],
    [
      ["explain", "apps/bad.yaml:1"],
      "error: apps/bad.yaml:1: there is no finding at this line: the file has some at 9.",
    ],
    [["explain", "no/such"], "error: there is no policy no/such: portcullis explain lists those in force\n"],
    [["explain", "apps/bad.yaml"], "error: apps/bad.yaml is a file: expected the line of a finding"],
    [["explain", "images/version", "apps/none.yaml"], "error: apps/none.yaml: no such file\n"],
    [["explain", "0123456789abcdef"], "error: 0123456789abcdef: no finding has this fingerprint"],
    [
      ["explain", "0123456789abcdef", "--report", "portcullis.yaml"],
      "error: --report portcullis.yaml: expected a report of portcullis check -o json",
    ],
  ])("%j has nothing to explain", async (args, message) => {
    const { code, out, err } = await portcullis(directory, args);
    expect({ code, out, err: err.slice(0, message.length) }).toEqual({ code: 2, out: "", err: message });
  });

  test("without a target: the policies in force, with the levels of the configuration", async () => {
    const { code, out } = await portcullis(directory, ["explain"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^images\/version +deny {2}Containers use a version$/m);
    expect(out).toMatch(/^kubernetes\/schema +deny {2}/m);
  });

  test.each([
    ["broken.rego", "rego_parse_error"],
    ["idle.rego", "add METADATA to it"],
  ])("a policy that is not there because of %s: why", async (name, why) => {
    const text = name === "idle.rego" ? 'package idle\n\ndeny contains "x"\n' : "package idle\n\ndeny {{\n";
    const here = directoryWith({ "portcullis.yaml": "version: 1\npolicies: [p]\n", [`p/${name}`]: text });
    for (const args of [["idle"], ["idle", "portcullis.yaml"]]) {
      const { code, err } = await portcullis(here, ["explain", ...args]);
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringContaining(`Some policies cannot be used: p/${name}:3`),
      });
      expect(err).toContain(why);
    }
  });

  test("an admission policy: the file that declares it", async () => {
    const object = (kind: string, spec: string): string =>
      `apiVersion: admissionregistration.k8s.io/v1\nkind: ${kind}\nmetadata: { name: few }\nspec: ${spec}\n`;
    const rules = "[{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods] }]";
    const here = directoryWith({
      "admission/few.yaml": `${object(
        "ValidatingAdmissionPolicy",
        `{ matchConstraints: { resourceRules: ${rules} }, validations: [{ expression: "false" }] }`,
      )}---\n${object("ValidatingAdmissionPolicyBinding", "{ policyName: few, validationActions: [Deny] }")}`,
      "apps/good.yaml": FILES["apps/good.yaml"],
    });
    const id = "validatingadmissionpolicy/few";
    const page = await portcullis(here, ["explain", "-p", "admission", id]);
    expect(page.out).toContain("source  admission/few.yaml:1\n");
    const { code, err } = await portcullis(here, ["explain", "-p", "admission", id, "apps/good.yaml"]);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(`${id} is declared in admission/few.yaml:1`),
    });
  });
});
