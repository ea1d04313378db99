import { afterAll, expect, test } from "@jest/globals";
import type { HelmRequest, RenderOutcome } from "../../src/model/renderer.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { archiveOf, requestOf } from "./helm-charts.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

/** Of the request at hand: short for what does not end, so long that it does not count for everything else. */
let deadlineMs = 120_000;
const renderer = createRenderer({
  cacheDir: TEST_CACHE,
  processes: 1,
  deadlineMs: () => deadlineMs,
  memoryLimitMiB: 384,
});
afterAll(() => {
  renderer.close();
});

const good = requestOf({
  "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
});

function template(text: string, values: HelmRequest["values"] = []): HelmRequest {
  return requestOf({ "templates/a.yaml": text }, { values });
}

const chartYaml = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

/** A request, and how it must end: a kind, and a part of the message. */
const hostile: readonly (readonly [
  name: string,
  request: HelmRequest,
  kind: RenderOutcome<never>["kind"],
  message: RegExp,
])[] = [
  [
    "a loop that does not end",
    template("{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"),
    "late",
    /timed out after 2 s/,
  ],
  ["a range over a billion numbers", template("{{ range until 1000000000 }}x{{ end }}"), "memory", /more than 384 MiB/],
  ["a text of two gigabytes", template('{{ repeat 2000000000 "x" }}'), "memory", /more than 384 MiB/],
  [
    "a text that doubles again and again",
    template(`{{ $x := "0123456789" }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}{{ $x }}`),
    "memory",
    /more than 384 MiB/,
  ],
  [
    "a template that includes itself",
    template('{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}'),
    "failed",
    /nested reference name: x|exceeded maximum template depth/,
  ],
  [
    "a template that calls itself",
    template('{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}'),
    "failed",
    /exceeded maximum template depth/,
  ],
  [
    "a tpl that expands itself",
    template("{{ tpl .Values.x . }}", [{ x: "{{ tpl .Values.x . }}" }]),
    "trap",
    /call stack size exceeded/,
  ],
  [
    "parentheses nested a hundred thousand deep",
    template(`{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`),
    "failed",
    /./,
  ],
  [
    "values nested fifty thousand deep",
    requestOf({
      "templates/a.yaml": "{{ toYaml .Values }}",
      "values.yaml": `a: ${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    }),
    "failed",
    /exceeded max depth|depth/,
  ],
  [
    "aliases that multiply",
    requestOf({ "templates/a.yaml": "{{ toYaml .Values }}", "values.yaml": aliasBomb() }),
    "failed",
    /excessive aliasing/,
  ],
  [
    "a values file of a hundred megabytes",
    requestOf({ "values.yaml": Buffer.alloc(100 * 1024 * 1024, "a: b\n") }),
    "failed",
    /larger than the maximum file size/,
  ],
  [
    "a key of RSA with 16384 bits",
    template('{{ genPrivateKey "rsa" }}{{ range until 1000 }}{{ genCA "x" 1 }}{{ end }}'),
    "late",
    /timed out after 2 s/,
  ],
  [
    "a regular expression with a huge count",
    template('{{ mustRegexMatch "((a{1,1000}){1,1000}){1,1000}" "a" }}'),
    "failed",
    /invalid repeat count/,
  ],
  [
    "an archive that leaves its directory",
    {
      ...good,
      chart: new Map([
        [
          "web.tgz",
          archiveOf([
            { name: "web/Chart.yaml", content: chartYaml },
            { name: "web/../../etc/passwd", content: "x" },
          ]),
        ],
      ]),
    },
    "failed",
    /parent directory/,
  ],
  [
    "an archive with an absolute path",
    { ...good, chart: new Map([["web.tgz", archiveOf([{ name: "web//etc/passwd", content: "x" }])]]) },
    "failed",
    /absolute paths/,
  ],
  [
    "an archive with a link",
    {
      ...good,
      chart: new Map([
        [
          "web.tgz",
          archiveOf([
            { name: "web/Chart.yaml", content: chartYaml },
            { name: "web/values.yaml", link: "/etc/passwd" },
          ]),
        ],
      ]),
    },
    "failed",
    /holds the link "web\/values.yaml"/,
  ],
  [
    "a dependency's archive with a link",
    requestOf({ "charts/db-1.tgz": archiveOf([{ name: "db/templates/x.yaml", link: "../../../x" }]) }),
    "failed",
    /holds the link/,
  ],
  [
    "an archive that is a bomb",
    { ...good, chart: new Map([["web.tgz", archiveOf([{ name: "web/Chart.yaml", content: chartYaml }, ...bomb()])]]) },
    "failed",
    /larger than the maximum file size/,
  ],
  [
    "an archive that is none",
    { ...good, chart: new Map([["web.tgz", Buffer.from("not gzip")]]) },
    "failed",
    /no gzipped archive/,
  ],
  ["a file outside the chart", requestOf({ "../values.yaml": "a: b" }), "failed", /illegally holds the path/],
  ["a release name that is none", { ...good, releaseName: "../x" }, "failed", /invalid release name/],
];

function aliasBomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let n = 1; n < 12; n++)
    lines.push(`a${n}: &a${n} [${Array.from({ length: 10 }, () => `*a${n - 1}`).join(", ")}]`);
  return lines.join("\n");
}

function bomb() {
  const content = Buffer.alloc(4 * 1024 * 1024);
  return Array.from({ length: 30 }, (_, n) => ({ name: `web/files/${n}`, content }));
}

test.each(hostile)("%s ends as a named outcome, and the next render is unharmed", async (_, request, kind, message) => {
  deadlineMs = kind === "late" ? 2_000 : 120_000;
  const outcome = await renderer.helm(request);
  deadlineMs = 120_000;
  expect({ kind: outcome.kind, message: "message" in outcome ? outcome.message : "" }).toEqual({
    kind,
    message: expect.stringMatching(message) as unknown,
  });
  expect((await renderer.helm(good)).kind).toBe("rendered");
});

test("nothing of the machine, its network or a cluster reaches a template", async () => {
  const outcome = await renderer.helm(
    template(`host: {{ getHostByName "localhost" | quote }}
lookup: {{ lookup "v1" "Secret" "default" "" | toJson }}
file: {{ .Files.Get "/etc/passwd" | quote }}
glob: {{ len (.Files.Glob "**") }}
`),
  );
  expect(outcome).toMatchObject({ answer: { documents: [{ yaml: 'host: ""\nlookup: {}\nfile: ""\nglob: 0\n' }] } });
});

test.each(["env", "expandenv"])("%s is no function", async (name) => {
  expect(await renderer.helm(template(`a: {{ ${name} "HOME" }}`))).toEqual({
    kind: "failed",
    message: `parse error at (web/templates/a.yaml:1): function "${name}" not defined`,
    path: "templates/a.yaml",
    line: 1,
  });
});

test("a values schema that refers to a URL is checked as far as it stands in the chart, which the answer notes", async () => {
  const schema = JSON.stringify({
    properties: { far: { $ref: "https://example.com/schema.json#/far" }, near: { type: "string" } },
  });
  const files = { "values.schema.json": schema, "templates/a.yaml": "a: b" };
  expect(await renderer.helm(requestOf(files, { values: [{ far: 1, near: "x" }] }))).toMatchObject({
    answer: {
      notes: [
        "values.schema.json of web refers to https://example.com/schema.json#/far, which is not fetched: that part accepts any value",
      ],
    },
  });
  expect(await renderer.helm(requestOf(files, { values: [{ near: 1 }] }))).toMatchObject({
    kind: "failed",
    message: expect.stringContaining("at '/near': got number, want string") as unknown,
  });
});
