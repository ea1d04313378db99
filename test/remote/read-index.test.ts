import { expect, test } from "@jest/globals";
import { readIndex } from "../../src/remote/helm/read-index.ts";
import { sliceIndex } from "../../src/remote/helm/slice-index.ts";

const entry = (name: string, version: string): string =>
  `  - name: ${name}\n    version: ${version}\n    created: 2026-01-02T03:04:05.123456789Z\n    digest: ${"ab".repeat(32)}\n    urls:\n    - ${name}.tgz\n`;
const read = (version: string, name = "web"): object => ({
  version,
  created: Date.parse("2026-01-02T03:04:05.123Z"),
  digest: `sha256:${"ab".repeat(32)}`,
  url: `${name}.tgz`,
});

test.each<[name: string, index: string]>([
  [
    "as Helm writes it",
    `apiVersion: v1\nentries:\n  a:\n${entry("a", "9.0.0")}  web:\n${entry("web", "1.0.0")}  web-too:\n${entry("b", "9.0.0")}generated: x\n`,
  ],
  [
    "with what else is known first",
    `apiVersion: v1\ngenerated: x\nserverInfo: {}\nentries:\n  web:\n${entry("web", "1.0.0")}`,
  ],
  [
    "with comments, empty lines and quotes",
    `# index\napiVersion: v1\nentries:\n\n  # charts\n  "web":\n\n  # versions\n${entry("web", "1.0.0")}\n# end\n`,
  ],
  [
    "with lines that end in two characters",
    `apiVersion: v1\nentries:\n  web:\n${entry("web", "1.0.0")}`.replaceAll("\n", "\r\n"),
  ],
  [
    "with lists that are indented",
    `apiVersion: v1\nentries:\n  web:\n${entry("web", "1.0.0").replaceAll(/^/gm, "  ").trimEnd()}\n  z: []\n`,
  ],
  [
    "as JSON",
    JSON.stringify({
      apiVersion: "v1",
      entries: {
        web: [{ version: "1.0.0", created: "2026-01-02T03:04:05.123Z", digest: "ab".repeat(32), urls: ["web.tgz"] }],
      },
    }),
  ],
  [
    "in one line",
    `apiVersion: v1\nentries: {web: [{version: 1.0.0, created: "2026-01-02T03:04:05.123Z", digest: ${"AB".repeat(32)}, urls: [web.tgz]}]}\n`,
  ],
  [
    "with an anchor of another chart",
    `apiVersion: v1\nentries:\n  a:\n  - &a\n    version: 1.0.0\n    created: "2026-01-02T03:04:05.123Z"\n    digest: sha256:${"ab".repeat(32)}\n    urls: [web.tgz]\n  web:\n  - *a\n`,
  ],
  [
    "with a name like the chart's in a text",
    `apiVersion: v1\nentries:\n  a:\n  - version: 9.0.0\n    description: |\n      entries:\n        web:\n        - version: 9.0.0\n  web:\n${entry("web", "1.0.0")}`,
  ],
])("an index %s", (_, index) => {
  expect(readIndex(index, "it").versionsOf("web")).toEqual([read("1.0.0")]);
});

test("versions as Helm reads them: numbers are texts, and what is no version is dropped", () => {
  const versions = ["1.2", '"1.2"', "v1.2.3", "1.2.3-rc.1+b", "latest", '""', "1.2.3.4"];
  const list = `apiVersion: v1\nentries:\n  web:\n${versions.map((version) => `  - version: ${version}\n`).join("")}  - null\n  - name: web\n`;
  expect(
    readIndex(list, "it")
      .versionsOf("web")
      ?.map(({ version }) => version),
  ).toEqual(["1.2", "1.2", "v1.2.3", "1.2.3-rc.1+b"]);
});

test.each([
  ["web", "entries: {}"],
  ["web", "entries:\n  other:\n  - name: web\n    version: 1.0.0"],
  ["web", "entries:\n  web:"],
  ["toString", "entries:\n  toString-chart: []"],
  ["other\n  web", "entries:\n  other:\n  web: []"],
])("a chart %j is not in an index with %j", (name, entries) => {
  expect(readIndex(`apiVersion: v1\n${entries}\n`, "it").versionsOf(name)).toBeUndefined();
});

test.each([
  ["entries: {}", "it is not an index of charts: it has no apiVersion"],
  ["<html></html>", "it is not an index of charts: it has no apiVersion"],
  ["apiVersion: v1\nentries:\n  web: {", /^it cannot be read: /],
  ["apiVersion: v1\nentries:\n  web: 1", "it has no list of versions of web"],
  ["apiVersion: v1\nentries:\n  web:\n  - version: 1.0.0\n  web:\n  - version: 2.0.0\n", /^it cannot be read: /],
])("%j is no index", (index, message) => {
  expect(() => readIndex(index, "it").versionsOf("web")).toThrow(message);
});

test("of an index as Helm writes it no more than one chart is parsed", () => {
  const index = `apiVersion: v1\nentries:\n  a:\n${entry("a", "1.0.0")}  web:\n${entry("web", "1.0.0")}  z:\n  - {{{\n`;
  expect(sliceIndex(index, "web")).toBe(`  web:\n${entry("web", "1.0.0")}`);
});
