import { afterAll, expect, test } from "@jest/globals";
import { freshToolchain, judgementOn, judgeOf, messagesOf } from "../judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

test.each([
  [
    "a builtin of the environment that stands in for another",
    "deny contains x if { x := f(1) with f as opa.runtime }\n\nf(_) := 1",
    "`opa.runtime` is refused",
  ],
  ["a number below data, which OPA's runtime does not find", "deny contains data[2]", "`data[2]` is refused"],
])("%s does not compile", async (_name, rules, expected) => {
  const judge = await judgeOf(toolchain, `package main\n\n${rules}\n`);
  expect(judge.problems.map(({ message }) => message).join("\n")).toContain(expected);
  await judge.close();
});

test("a number that data have as a text is a problem of the rule, not silence", async () => {
  const data = [{ path: "limits.json", text: '{"ports": {"80": "http"}}', prefix: [] }];
  const judge = await judgeOf(toolchain, "package main\n\ndeny contains data.ports[80]\n", { data });
  const judgement = await judgementOn(judge);
  expect(judgement.problems.map(({ message }) => message).join("\n")).toContain(
    'by the number 80, but its key is the string "80"',
  );
  await judge.close();
});

test("builtins that OPA answers in its own process reach a judge's rules", async () => {
  const rules = `deny contains sprintf("%v", [glob.quote_meta("*.a")])
deny contains yaml.marshal({"a": [1, {"b": null}]})
deny contains time.format([1770091506000000000, "Europe/Berlin", "2006-01-02 15:04"])
deny contains sprintf("%v", [7 / 3])`;
  const judge = await judgeOf(toolchain, `package main\n\n${rules}\n`);
  const judgement = await judgementOn(judge);
  expect(judgement.problems).toEqual([]);
  expect(messagesOf(judgement).toSorted()).toEqual(
    ["2.3333333333333335", "2026-02-03 05:05", "\\*.a", "a:\n  - 1\n  - b: null\n"].toSorted(),
  );
  await judge.close();
});
