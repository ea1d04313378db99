import { afterAll, expect, test } from "@jest/globals";
import type { Question } from "../../src/model/judge.ts";
import type { PolicySources } from "../../src/model/policy.ts";
import { freshToolchain, judgeOf, messagesOf, question } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

function inside(environment: string | undefined): Question {
  const asked = question({ metadata: { name: "web" } });
  return environment === undefined ? asked : { ...asked, manifest: { ...asked.manifest, environment } };
}

const ENVIRONMENTS = [undefined, "production", "staging", undefined, "production"];

/** What a policy says in several environments, one after the other. */
async function answers(
  rego: string,
  sources: Partial<PolicySources> = {},
): Promise<{ readonly messages: readonly (readonly string[])[]; readonly keys: readonly (string | undefined)[] }> {
  const judge = await judgeOf(toolchain, `package main\n\n${rego}`, sources);
  expect(judge.problems).toEqual([]);
  const judgements = await judge.judge(ENVIRONMENTS.map(inside));
  expect(judgements.flatMap(({ problems }) => problems)).toEqual([]);
  await judge.close();
  return { messages: judgements.map(messagesOf), keys: ENVIRONMENTS.map((one) => judge.environmentKey?.(one)) };
}

test("a policy sees the name of the environment, and null where there is none", async () => {
  const rego = 'deny contains sprintf("%v", [data.portcullis.environment])';
  const { messages, keys } = await answers(rego);
  expect(messages).toEqual([["null"], ["production"], ["staging"], ["null"], ["production"]]);
  expect(new Set(keys).size).toBe(3);
});

test("the environment stands beside the operation, and hides no data", async () => {
  const rego =
    'deny contains sprintf("%v %v %v", [data.portcullis.operation, data.portcullis.environment, data.limits.cpu])';
  const data = [{ path: "data.yaml", prefix: [], text: "limits: { cpu: 2 }\n" }];
  expect((await answers(rego, { data })).messages.slice(0, 2)).toEqual([["CREATE null 2"], ["CREATE production 2"]]);
});

test("a test of a policy gives the environment as it gives any data", async () => {
  const modules = [
    { path: "a.rego", text: 'package a\n\ndeny contains "no" if data.portcullis.environment == "production"' },
    {
      path: "a_test.rego",
      text: 'package a_test\n\ntest_production if data.a.deny == {"no"} with data.portcullis.environment as "production"',
    },
  ].map((module) => ({ ...module, regoVersion: "v1" as const }));
  const outcome = await toolchain.test({ modules });
  expect(outcome).toMatchObject({ kind: "answer", answer: { results: [{ outcome: "pass" }], errors: [] } });
});

const PARAMETERS: Partial<PolicySources> = {
  data: [{ path: "p.yaml", prefix: [], text: 'parameters: { "a/b": { most: 3, names: [x] }, "c/d": 1 }\n' }],
  parameters: { production: { "a/b": { most: 1 } }, staging: { "e/f": true } },
};

test("parameters of an environment stand over those of the data, key by key", async () => {
  const { messages } = await answers("deny contains json.marshal(data.parameters)", PARAMETERS);
  const common = '{"a/b":{"most":3,"names":["x"]},"c/d":1}';
  const production = '{"a/b":{"most":1,"names":["x"]},"c/d":1}';
  expect(messages).toEqual([
    [common],
    [production],
    ['{"a/b":{"most":3,"names":["x"]},"c/d":1,"e/f":true}'],
    [common],
    [production],
  ]);
});

test("environments without parameters of their own share their judgements", async () => {
  const { keys } = await answers("deny contains data.parameters.x", PARAMETERS);
  expect(keys[0]).toBe("");
  expect(new Set(keys).size).toBe(3);
  const judge = await judgeOf(toolchain, 'package main\n\n# In no environment.\ndeny contains "no"', PARAMETERS);
  expect(judge.environmentKey?.("elsewhere")).toBe("");
  await judge.close();
});

const VERSIONS: Partial<PolicySources> = { kubernetes: { common: "1.33", environments: { production: "1.31" } } };

test("a policy sees the version of Kubernetes of its environment; equal versions share their judgements", async () => {
  const { messages, keys } = await answers("deny contains data.portcullis.kubernetes", VERSIONS);
  expect(messages).toEqual([["1.33"], ["1.31"], ["1.33"], ["1.33"], ["1.31"]]);
  expect(keys[2]).toBe(keys[0]);
  expect(keys[1]).not.toBe(keys[0]);
});

test("the version stands beside the environment and the parameters", async () => {
  const rego = "deny contains json.marshal([data.portcullis.environment, data.portcullis.kubernetes, data.parameters])";
  const { messages } = await answers(rego, { ...VERSIONS, parameters: { production: { "a/b": 1 } }, data: [] });
  expect(messages[1]).toEqual(['["production","1.31",{"a/b":1}]']);
});

test("without a version in the configuration a policy finds none", async () => {
  const { messages } = await answers('deny contains object.get(data.portcullis, "kubernetes", "none")');
  expect(new Set(messages.flat())).toEqual(new Set(["none"]));
});

test("the place of a finding is found in every environment", async () => {
  const rego =
    'package main\n\ndeny contains "few" if input.spec.replicas < data.parameters["a/b"].most + object.get(input, "x", 0)';
  const judge = await judgeOf(toolchain, rego, { ...PARAMETERS, parameters: { production: { "a/b": { most: 9 } } } });
  const asked = question({ spec: { replicas: 4 } });
  const [none, production] = await judge.judge([
    asked,
    { ...asked, manifest: { ...asked.manifest, environment: "production" } },
  ]);
  expect(none?.violations).toEqual([]);
  expect(production?.violations).toMatchObject([{ message: "few", cause: { pointer: "/spec/replicas" } }]);
  await judge.close();
});

test("several hundred questions, judged in a thread of their own, get their environment's data too", async () => {
  const judge = await judgeOf(toolchain, "package main\n\ndeny contains data.portcullis.environment");
  const many = Array.from({ length: 600 }, (_, i) => inside(`e${i % 3}`));
  for (const _ of [1, 2]) {
    const judgements = await judge.judge(many);
    expect(judgements.map(messagesOf)).toEqual(many.map((_, i) => [`e${i % 3}`]));
  }
  await judge.close();
});
