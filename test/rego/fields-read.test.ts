import { expect, test } from "@jest/globals";
import { fieldsRead } from "../../src/rego/reading/fields-read.ts";
import { readModule } from "../../src/rego/reading/module.ts";
import { openSchemaBundle } from "../../src/schema-bundle/open-bundle.ts";
import { unknownReadsIn } from "../../src/schema/unknown-reads.ts";

const find = unknownReadsIn(openSchemaBundle());

/** What is said of Rego texts by path, `policy.rego` where there is one only. */
function warnings(rego: string | { readonly [path: string]: string }): readonly string[] {
  const files = typeof rego === "string" ? { "policy.rego": rego } : rego;
  const modules = Object.entries(files).map(([path, text]) => readModule({ path, text: `package main\n${text}` }));
  return find(fieldsRead(modules)).map(({ path, line, message }) => `${path}:${line} ${message}`);
}

const told = (line: number, rest: string): readonly string[] => [`policy.rego:${line} rule deny reads ${rest}`];

test.each<[string, string, readonly string[]]>([
  [
    "in a chain of steps",
    'deny contains "x" if {\n input.kind == "Deployment"\n not input.spec.template.spec.contianers[0].image\n}',
    told(4, "input.spec.template.spec.contianers, which no Deployment has; did you mean containers?"),
  ],
  [
    "in the syntax of version 0",
    'deny[msg] {\n "Pod" = input.kind\n input.spec.hostnetwork\n msg := "x"\n}',
    told(4, "input.spec.hostnetwork, which no Pod has; did you mean hostNetwork?"),
  ],
  [
    "through a variable",
    'deny contains "x" if {\n input.kind == "Pod"\n c := input.spec.containers[_]\n not c.securityContxt.privileged\n}',
    told(5, "input.spec.containers[_].securityContxt, which no Pod has; did you mean securityContext?"),
  ],
  [
    "through a variable of some, every and a comprehension",
    'deny contains "x" if {\n input.kind == "Pod"\n some c in input.spec.containers\n every e in c.env { e.nam }\n count([v | some v in input.spec.volumes; v.hostpath]) > 0\n}',
    [
      ...told(5, "input.spec.containers[_].env[_].nam, which no Pod has; did you mean name?"),
      ...told(6, "input.spec.volumes[_].hostpath, which no Pod has; did you mean hostPath?"),
    ],
  ],
  [
    "once, where it is written",
    'deny contains "x" if {\n input.kind == "Pod"\n some c in input.spec.contianers\n s := c.securityContext\n not s.privileged\n}',
    told(4, "input.spec.contianers, which no Pod has; did you mean containers?"),
  ],
  [
    "of several kinds, none of which has it",
    'kinds := {"StatefulSet", "Deployment"}\ndeny contains "x" if {\n input.kind in kinds\n input.spec.containers\n}',
    told(5, "input.spec.containers, which none of Deployment and StatefulSet has"),
  ],
  [
    "of a kind that a helper tells",
    'is_pod if input.kind == "Pod"\ndeny contains "x" if {\n is_pod\n input.spec.nodename\n}',
    told(5, "input.spec.nodename, which no Pod has; did you mean nodeName?"),
  ],
  [
    "of a list as if it were an object",
    'deny contains "x" if {\n input.kind == "Pod"\n input.spec.containers.image\n}',
    told(4, "input.spec.containers.image, which no Pod has: input.spec.containers is a list"),
  ],
  [
    "at the top",
    'deny contains "x" if {\n input.kind == "Pod"\n input.sepc.hostPID\n}',
    told(4, "input.sepc, which no Pod has; did you mean spec?"),
  ],
  [
    "of a kind that others have too, with its API version",
    'deny contains "x" if {\n input.apiVersion == "networking.k8s.io/v1"\n input.kind == "Ingress"\n input.spec.tsl\n}',
    told(5, "input.spec.tsl, which no Ingress has; did you mean tls?"),
  ],
  [
    "of an object that another rule names",
    'object := input\nkind := object.kind\ndeny contains "x" if {\n kind == "Pod"\n object.spec.hostIpc\n}',
    told(6, "input.spec.hostIpc, which no Pod has; did you mean hostIPC?"),
  ],
])("a field that no manifest has: %s", (_, rego, expected) => {
  expect(warnings(rego)).toEqual(expected);
});

test("a helper of another package tells the kind", () => {
  const lib = 'x := 1\nis_pod if input.kind == "Pod"\n';
  const main = 'import data.main as lib\ndeny contains "x" if { lib.is_pod; input.spec.hostPid }';
  expect(warnings({ "lib.rego": lib, "main.rego": main })).toEqual([
    "main.rego:3 rule deny reads input.spec.hostPid, which no Pod has; did you mean hostPID?",
  ]);
});

const inPod = (body: string): string => `deny contains "x" if {\n input.kind == "Pod"\n ${body}\n}`;

test.each<[string, string]>([
  [
    "a field of one of the kinds",
    'deny contains "x" if { input.kind in ["Pod", "Deployment"]; input.spec.hostNetwork }',
  ],
  ["a kind that another API has too", 'deny contains "x" if { input.kind == "Service"; input.spec.template.spec }'],
  [
    "a kind that no API here has",
    'deny contains "x" if { input.kind in {"Pod", "Rollout"}; input.spec.strategy.canary }',
  ],
  [
    "an API version that is served no more",
    'deny contains "x" if { input.apiVersion == "extensions/v1beta1"; input.kind == "Ingress"; input.spec.backend }',
  ],
  ["no kind", 'deny contains "x" if input.spec.contianers'],
  ["another kind", 'deny contains "x" if { input.kind != "Pod"; input.spec.template }'],
  ["a negated kind", 'deny contains "x" if { not input.kind == "Pod"; input.spec.template }'],
  [
    "a kind in a part of the body only",
    'deny contains "x" if { count([1 | input.kind == "Pod"]) == 0; input.spec.template }',
  ],
  [
    "a helper that holds for any kind",
    'ok if input.kind == "Pod"\nok if input.metadata\ndeny contains "x" if { ok; input.spec.template }',
  ],
  [
    "a helper that is a set",
    'pods contains 1 if input.kind == "Pod"\ndeny contains "x" if { pods; input.spec.template }',
  ],
  [
    "a helper with else",
    'ok if { input.kind == "Pod" } else := true\ndeny contains "x" if { ok; input.spec.template }',
  ],
  ["keys of annotations and labels", inPod('input.metadata.annotations["a/b"]\n input.metadata.labels.team')],
  ["any key", inPod("input.spec[field].name\n input.metadata.labels[_]")],
  ["what is below any key", inPod("input[_].contianers")],
  ["what a fixed index holds", inPod("input.spec.containers[0].image")],
  ["what admission sets beside the object", inPod("input.parameters.images\n input.review.object.spec.hostPID")],
  [
    "a variable of an outer and an inner scope",
    inPod("c := input.spec.containers[_]\n count([c | c := input.spec.volumes[_]; c.hostPath]) > 0"),
  ],
  [
    "a variable that a rule is named like",
    `c := {"hostPath": 1}\n${inPod("count([c | some c in input.spec.containers]) > 0\n c.hostPath")}`,
  ],
  ["an argument", 'f(c) if { input.kind == "Pod"; c.hostPath; c = input.spec }'],
  ["a path that object.get takes", inPod('object.get(input.spec, "contianers", [])')],
  [
    "an input that `with` puts there",
    `${inPod("input.spec.hostPort")}\nother if deny with input as {"spec": {"hostPort": 1}}`,
  ],
  [
    "a place of two definitions, one of which has it",
    'spec := input.spec if input.kind == "Pod"\nspec := input.spec.template.spec if input.kind != "Pod"\ndeny contains "x" if { input.kind == "Deployment"; spec.hostPID }',
  ],
  ["a rule that a variable hides", `spec := input.spec\n${inPod("spec := input.metadata\n spec.labels")}`],
  [
    "an embedded object",
    'deny contains "x" if { input.kind == "ControllerRevision"; input.apiVersion == "apps/v1"; input.data.anything }',
  ],
])("nothing is said of %s", (_, rego) => {
  expect(warnings(rego)).toEqual([]);
});
