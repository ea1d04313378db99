import { expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const POLICY = `# METADATA
# title: Replicas are set
# custom:
#   id: OWN-0001
#   long_id: kubernetes-replicas
#   severity: LOW
#   input:
#     selector:
#     - type: kubernetes
package builtin.kubernetes.OWN0001

import rego.v1

import data.lib.shop

deny contains res if {
	shop.is_deployment
	not input.spec.replicas
	res := result.new(sprintf("%s has no replicas", [input.metadata.name]), input.spec)
}
`;

const FILES = {
  "policy/replicas.rego": POLICY,
  "policy/lib.rego": 'package lib.shop\n\nis_deployment if input.kind == "Deployment"\n',
  // A name of its own for something else.
  "policy/own.rego":
    'package main\n\ndeny contains msg if {\n\tresult := {"text": "unowned"}\n\tnot input.metadata.labels.owner\n\tmsg := result.text\n}\n',
  "policy/replicas_test.rego": `package builtin.kubernetes.OWN0001_test

import data.builtin.kubernetes.OWN0001

test_none if {
	found := OWN0001.deny with input as {"kind": "Deployment", "metadata": {"name": "a"}, "spec": {}}
	found == {{"msg": "a has no replicas"}}
}

test_place if {
	spec := {"__defsec_metadata": {"startline": 4, "filepath": "a.yaml"}}
	some one in OWN0001.deny with input as {"kind": "Deployment", "metadata": {"name": "a"}, "spec": spec}
	[one.startline, one.filepath] == [4, "a.yaml"]
}

test_any_cause if {
	every cause in ["text", null, ["a"]] { result.new("x", cause).msg == "x" }
}
`,
  "app.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { paused: true }\n",
};

test("policies and tests that are written for Trivy run unchanged", async () => {
  const directory = directoryWith(FILES);
  const tests = await portcullis(directory, ["test", "policy"]);
  expect([tests.code, tests.out]).toEqual([0, expect.stringContaining("3 passed, 0 failed")]);
  const { code, out } = await portcullis(directory, ["check", "--no-schemas", "-o", "json", "app.yaml"]);
  const { findings, problems } = JSON.parse(out) as {
    readonly findings: readonly { policy: string; message: string; severity?: string; location: { line: number } }[];
    readonly problems: readonly unknown[];
  };
  expect([code, problems]).toEqual([1, []]);
  expect(findings).toMatchObject([
    { policy: "main", message: "unowned", location: { line: 3 } },
    { policy: "trivy/own-0001", message: "web has no replicas", severity: "LOW", location: { line: 4 } },
  ]);
});
