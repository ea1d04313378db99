import { afterAll, describe, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { createCelModule } from "../../src/cel/cel-module.ts";
import { createGatekeeperJudge } from "../../src/gatekeeper/gatekeeper-judge.ts";
import { identityOf } from "../../src/manifest/identity.ts";
import type { Judge, Question } from "../../src/model/judge.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { defaultLimits } from "../../src/rego/create-judge.ts";
import { createToolchain } from "../../src/rego/toolchain/toolchain.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { constraint, nativeTemplate, objectsIn } from "./policies.ts";

const toolchain = createToolchain({ cacheDir: TEST_CACHE });
const cel = createCelModule({ cacheDir: TEST_CACHE });
afterAll(() => {
  toolchain.close();
  cel.close();
});

async function judgeOf(code: string, spec: string, schema = "{ type: object }"): Promise<Judge> {
  const options = { toolchain, cel, now: "2026-01-01T00:00:00Z", cacheDir: TEST_CACHE, ...defaultLimits };
  const files = { "t.yaml": nativeTemplate("Checked", code, schema), "c.yaml": constraint("Checked", "all", spec) };
  const judge = await createGatekeeperJudge(objectsIn(files), options);
  if (judge === undefined) throw new Error("there are no policies of Gatekeeper");
  return judge;
}

function question(text: string, more: Partial<Question> = {}): Question {
  const value = load(text) as JsonObject & { readonly apiVersion: string; readonly kind: string };
  const position = { path: "a.yaml", document: 0, line: 1, pointer: "" };
  const manifest = { identity: identityOf(value), apiVersion: value.apiVersion, value, position };
  return { manifest, operation: "CREATE", ...more };
}

async function found(judge: Judge, asked: Question): Promise<readonly string[]> {
  expect(judge.problems).toEqual([]);
  const [answer] = await judge.judge([asked]);
  expect(answer?.problems).toEqual([]);
  return (answer?.violations ?? []).map(({ policy, level, message, cause }) =>
    [policy, level, message, cause.pointer].join(" | "),
  );
}

const privileged = `
variables:
  - name: bad
    expression: variables.anyObject.spec.containers.filter(c, has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged)
validations:
  - expression: size(variables.bad) == 0
    messageExpression: '"privileged: " + variables.bad.map(c, c.name).join(", ")'
`;
const podSpec = "{ containers: [{ name: a }, { name: b, securityContext: { privileged: true } }, { name: c }] }";
const pod = `{ apiVersion: v1, kind: Pod, metadata: { name: p, namespace: shop }, spec: ${podSpec} }`;
const deployment = `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: d, namespace: shop }, spec: { template: { spec: ${podSpec} } } }`;
const pods = "match: { kinds: [{ apiGroups: [''], kinds: [Pod] }], excludedNamespaces: [kube-*] }";

describe("code in CEL decides as Gatekeeper's driver does", () => {
  test.each<[string, string, string, Question, readonly string[]]>([
    [
      "it wins over Rego, and its messageExpression gives the message",
      privileged,
      `{ ${pods} }`,
      question(pod),
      ["checked/all | deny | privileged: b | /spec/containers"],
    ],
    [
      "what a controller would make is judged, at the place in the controller",
      privileged,
      `{ ${pods}, enforcementAction: warn }`,
      question(deployment),
      ["checked/all | warn | privileged: b | /spec/template/spec/containers"],
    ],
    [
      "what the constraint does not match is not judged",
      privileged,
      `{ ${pods} }`,
      question(pod.replace("shop", "kube-system")),
      [],
    ],
    [
      "variables.params are the parameters with their defaults",
      "validations: [{ expression: object.metadata.name in variables.params.names, message: no such name }]",
      "{ parameters: { more: 1 } }",
      question(pod),
      ["checked/all | deny | no such name | /metadata/name"],
    ],
    [
      "variables.anyObject is what is deleted, which object is not",
      `matchCondition: [{ name: deletions, expression: 'request.operation == "DELETE"' }]\nvalidations: [{ expression: object != null || variables.anyObject.metadata.name != "p", message: keep p }]`,
      "{}",
      question(pod, { operation: "DELETE" }),
      ["checked/all | deny | keep p | "],
    ],
    [
      "an expression that fails denies",
      "validations: [{ expression: object.metadata.gone == 'a' }]",
      "{}",
      question(pod),
      [
        "checked/all | deny | expression 'object.metadata.gone == 'a'' resulted in error: no such key: gone | /metadata",
      ],
    ],
    [
      "with failurePolicy Ignore it is only shown",
      "failurePolicy: Ignore\nvalidations: [{ expression: object.metadata.gone == 'a' }]",
      "{}",
      question(pod),
      [
        "checked/all | info | expression 'object.metadata.gone == 'a'' resulted in error: no such key: gone | /metadata",
      ],
    ],
  ])("%s", async (_name, code, spec, asked, expected) => {
    const schema =
      "{ type: object, properties: { more: { type: integer }, names: { type: array, default: [q], items: { type: string } } } }";
    expect(await found(await judgeOf(code, spec, schema), asked)).toEqual(expected);
  });

  test("an object is compared with what it was only where the template itself reads that", async () => {
    const readsChange = async (code: string): Promise<readonly boolean[]> => {
      const [answer] = await (await judgeOf(code, "{}")).judge([question(pod)]);
      return (answer?.violations ?? []).map((one) => one.readsChange);
    };
    expect(await readsChange(privileged)).toEqual([false]);
    expect(await readsChange("validations: [{ expression: oldObject != null }]")).toEqual([true]);
  });
});

test.each<[string, string, readonly string[]]>([
  [
    "an expression that does not compile",
    "validations:\n  - expression: object.spec +",
    ["t.yaml:19: compilation failed: ERROR: <input>:1:14: Syntax error"],
  ],
  [
    "a variable with the name of Gatekeeper's",
    "variables:\n  - name: params\n    expression: '1'\nvalidations: [{ expression: 'true' }]",
    ["t.yaml:19: the name params is Gatekeeper's own"],
  ],
  ["no validations", "variables: []", ["t.yaml:17: the K8sNativeValidation code has no validations"]],
  [
    "another failurePolicy",
    "failurePolicy: Never\nvalidations: [{ expression: 'true' }]",
    ['t.yaml:18: failurePolicy is "Never"'],
  ],
  [
    "the authorizer, which Gatekeeper does not have",
    "validations:\n  - expression: authorizer.path('/a').check('get').allowed()",
    ["t.yaml:19: undeclared reference to 'authorizer'"],
  ],
])("%s is a problem at its line", async (_name, code, expected) => {
  const { problems } = await judgeOf(code, "{}");
  expect(problems.map(({ path, line, message }) => `${path}:${line}: ${message}`)).toEqual(
    expected.map((one) => expect.stringContaining(one)),
  );
});

test("matchConditions, which Gatekeeper does not read, is named", async () => {
  const { warnings } = await judgeOf("matchConditions: []\nvalidations: [{ expression: 'true' }]", "{}");
  expect(warnings).toEqual([
    expect.objectContaining({
      line: 18,
      gap: "warn",
      message:
        "Checked: Gatekeeper reads no matchConditions of code in CEL, and neither does this; it reads matchCondition",
    }),
  ]);
});
