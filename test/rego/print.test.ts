import { afterAll, expect, test } from "@jest/globals";
import { freshToolchain, judgeOf, messagesOf, question } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

const files = {
  "policies/deny.rego": `package main
import data.lib
deny contains msg if {
	print("seen", input.kind)
	some c in input.spec.containers
	print(c.name, c.command, [1, "two"], {"a"})
	lib.is_bad(c)
	msg := sprintf("%s is bad", [c.name])
}`,
  "policies/lib.rego": `package lib
is_bad(c) if {
	print("asked about", c.name)
	c.image == "bad"
}`,
};

async function printedBy(rego: { readonly [path: string]: string }) {
  const printed: string[] = [];
  const judge = await judgeOf(
    toolchain,
    rego,
    { namespaces: ["main"] },
    { print: (place, lines) => printed.push(...lines.map(({ at, text }) => `${place} ${at}: ${text}`)) },
  );
  expect(judge.problems).toEqual([]);
  const pods = ["a", "b"].map((name) =>
    question({ spec: { containers: [{ name, image: name === "b" ? "bad" : "good" }] } }, `${name}.yaml`),
  );
  const judgements = await judge.judge(pods);
  await judge.close();
  return { printed, messages: judgements.map(messagesOf) };
}

test("what policies print comes with the manifest and the line of the call, once, and changes no verdict", async () => {
  const { printed, messages } = await printedBy(files);
  const lines = (name: string) => [
    `${name}.yaml:1 policies/deny.rego:4: seen Pod`,
    `${name}.yaml:1 policies/deny.rego:6: ${name} <undefined> [1, "two"] {"a"}`,
    `${name}.yaml:1 policies/lib.rego:3: asked about ${name}`,
  ];
  expect(printed).toEqual([...lines("a"), ...lines("b")]);
  expect(messages).toEqual([[], ["b is bad"]]);
});

test("of an evaluation that prints without end, the first lines are kept", async () => {
  const { printed } = await printedBy({
    "p.rego": `package main
deny contains "x" if {
	some n in numbers.range(1, 5000)
	print(n)
	n == 0
}`,
  });
  expect(printed.slice(0, 2)).toEqual(["a.yaml:1 p.rego:4: 1", "a.yaml:1 p.rego:4: 2"]);
  expect(printed.filter((line) => line.startsWith("a.yaml"))).toHaveLength(1001);
  expect(printed[1000]).toBe("a.yaml:1 p.rego:4: … further output is left out");
});

test("a function of the policy's own named print is called as any other", async () => {
  const { printed, messages } = await printedBy({
    "p.rego": 'package main\nprint(x) := sprintf("own %s", [x])\ndeny contains print("text") if input.kind == "Pod"',
  });
  expect([printed, messages]).toEqual([[], [["own text"], ["own text"]]]);
});

test("a policy set that prints nothing asks its host for nothing", async () => {
  const silent = await toolchain.compile({
    modules: [{ path: "p.rego", text: 'package main\ndeny contains "x" if input.a', regoVersion: "v1" }],
  });
  expect(silent.kind === "answer" && silent.answer.builtins).toEqual([]);
});
