import { describe, expect, test } from "@jest/globals";
import { mergeData } from "../../src/rego/merge-data.ts";

const file = (path: string, text: string, ...prefix: string[]) => ({ path, text, prefix });

test("objects merge at their prefixes, whatever the files are called", () => {
  const { data, problems } = mergeData([
    file("data/a.json", '{"x": {"one": 1}}'),
    file("data/b.yaml", "x: {two: 2}\nz: [1]\n"),
    file("data/teams/c.yml", "- web\n- api\n", "teams"),
    file("data/teams/eu/d.json", "12345678901234567890", "more", "big"),
    file("data/e.yaml", "# nothing\n", "empty"),
  ]);
  expect(problems).toEqual([]);
  expect(data).toEqual({
    x: { one: 1, two: 2 },
    z: [1],
    teams: ["web", "api"],
    more: { big: 12345678901234567890n },
    empty: null,
  });
});

describe("a conflict is a problem that names both files, and the first stays", () => {
  test.each<[string, string, string]>([
    ["a value against a value", '{"a": {"b": 1}}', '{"a": {"b": 2}}'],
    ["an object against a value", '{"a": {"b": 1}}', '{"a": {"b": {"c": 1}}}'],
    ["a value against an object", '{"a": {"b": {}}}', '{"a": {"b": 1}}'],
  ])("%s", (_name, first, second) => {
    const { data, problems } = mergeData([file("other.json", "{}"), file("one.json", first), file("two.json", second)]);
    expect(data).toEqual(JSON.parse(first));
    expect(problems).toEqual([
      {
        stage: "config",
        path: "two.json",
        message: "two files set data.a.b: this one and one.json; keep one",
      },
    ]);
  });
});

describe("a file that is no data is a problem", () => {
  test.each<[string, string, string, object]>([
    ["JSON with a fault", "d.json", '{"a": }', { message: expect.stringMatching(/^not JSON: /) }],
    ["YAML with a fault", "d.yaml", "a: 1\nb: [\n", { line: expect.any(Number) }],
    ["a duplicate key", "d.yaml", "a: 1\na: 2\n", { line: 2 }],
    ["two YAML documents", "d.yaml", "a: 1\n---\nb: 1\n", { line: 3 }],
    ["a list at the root", "d.json", "[1]", { message: expect.stringContaining("must be an object") }],
    ["another format", "d.toml", "a = 1", { message: "not a data file; expected .json, .yaml or .yml" }],
  ])("%s", (_name, path, text, problem) => {
    const { problems } = mergeData([file(path, text)]);
    expect(problems).toEqual([expect.objectContaining({ stage: "config", path, ...problem })]);
  });
});

test("a key that objects inherit is a key like others", () => {
  const { data } = mergeData([file("a.json", '{"__proto__": {"x": 1}}'), file("b.json", '{"__proto__": {"y": 2}}')]);
  expect(JSON.stringify(data)).toBe('{"__proto__":{"x":1,"y":2}}');
});
