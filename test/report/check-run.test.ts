import { expect, test } from "@jest/globals";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import type { Finding } from "../../src/model/finding.ts";
import type { Report } from "../../src/model/report.ts";
import { checkRunBody } from "../../src/report/check-run.ts";
import { finding, report } from "./sample-reports.ts";

const linkTo = (path: string, line: number | undefined): string => `https://github.example/${path}#L${line}`;

const at = (path: string, line: number, more: Partial<Finding> = {}): Finding =>
  finding({ location: { path, line, precision: "value" }, ...more });

/** Findings of several policies in several files. */
function many(policies: number, each: number): readonly Finding[] {
  return Array.from({ length: policies * each }, (_, n) => {
    const policy = `workloads/p${n % policies}`;
    return at(`apps/${n % 40}.yaml`, n + 1, {
      policy,
      title: `Title of ${policy}`,
      docs: `https://docs.example/${policy}`,
    });
  });
}

const failing = (findings: readonly Finding[], more: Partial<Report> = {}): Report =>
  report({ verdict: "fail", findings, ...more });

const problem = (path: string | undefined, status: "introduced" | "existing" = "introduced") =>
  ({
    stage: "parse",
    status,
    message: `cannot read ${path}`,
    ...(path === undefined ? {} : { path, line: 3 }),
  }) as const;

/** What is visible until a reader expands something. */
const visible = (summary: string): string => {
  let text = summary;
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/<details>(?:(?!<details>)[^])*?<\/details>/g, "");
  }
  return text;
};
const rowsOf = (text: string): readonly string[] => text.split("\n").filter((line) => line.startsWith("- [`"));

test.each<[string, Report, string]>([
  [
    "what blocks, and where",
    failing([at("a.yaml", 1), at("a.yaml", 2), at("b.yaml", 1)]),
    "3 findings block in 2 files · 3 manifests judged",
  ],
  ["one finding", failing([at("a.yaml", 1)]), "1 finding blocks in 1 file · 3 manifests judged"],
  [
    "not what does not block",
    failing([at("a.yaml", 1), at("b.yaml", 1, { level: "warn" })]),
    "1 finding blocks in 1 file · 3 manifests judged",
  ],
  [
    "what could not be judged first",
    failing([at("a.yaml", 1)], {
      verdict: "error",
      problems: [problem("x.yaml"), problem("x.yaml"), problem("old.yaml", "existing")],
    }),
    "1 file could not be judged · 1 finding blocks in 1 file · 3 manifests judged",
  ],
  [
    "a problem without a file",
    report({ verdict: "error", problems: [problem(undefined), problem("x.yaml")] }),
    "Could not be judged: 2 problems · 3 manifests judged",
  ],
  [
    "what would block",
    failing([at("a.yaml", 1), at("a.yaml", 2)], { verdict: "warn", mode: "report" }),
    "report only: 2 findings would block in 1 file · 3 manifests judged",
  ],
  [
    "a change of no manifest, and no number of manifests beside that",
    report({ changes: { created: 0, updated: 0, deleted: 0, moved: 0 } }),
    "The change touches no manifest",
  ],
  ["a pass", report({ changes: { created: 0, updated: 1, deleted: 0, moved: 0 } }), "Compliant · 3 manifests judged"],
])("the title says %s", (_, of, title) => {
  expect(checkRunBody(of).title).toBe(title);
});

test("findings stand under their policy, which tells once what it asks for and links once to its page", () => {
  const { summary } = checkRunBody(failing(many(2, 30)), { linkTo });
  for (const policy of ["workloads/p0", "workloads/p1"]) {
    expect(summary.split(`https://docs.example/${policy}>`)).toHaveLength(2);
    expect(summary).toContain(`#### Title of ${policy} · \`${policy}\` · 30 findings`);
  }
  expect(rowsOf(summary)).toHaveLength(60);
  expect(summary).toContain(
    "- [`apps/3.yaml:4`](<https://github.example/apps/3.yaml#L4>) `Deployment shop/web`: container",
  );
});

test.each([
  [1, 120],
  [5, 24],
  [30, 4],
])(
  "of %d policies with %d findings each, 20 rows are visible and the others are folded and counted",
  (policies, each) => {
    const { summary } = checkRunBody(failing(many(policies, each)), { linkTo });
    const shown = rowsOf(visible(summary));
    expect(shown).toHaveLength(20);
    expect(rowsOf(summary)).toHaveLength(policies * each);
    const counted = [...summary.matchAll(/<summary>(\d+) more findings/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    expect(counted).toBe(policies * each - 20);
    // No policy is hidden by another one that has more findings.
    const headings = [...visible(summary).matchAll(/^#### .*/gm)];
    expect(headings).toHaveLength(Math.min(policies, 20));
  },
);

test("what blocks comes first: problems, then findings; notes follow, and all that does not block is folded", () => {
  const of = failing(
    [
      at("warned.yaml", 1, { level: "warn" }),
      at("denied.yaml", 1),
      at("old.yaml", 1, { status: "existing" }),
      at("fixed.yaml", 1, { status: "fixed" }),
    ],
    {
      verdict: "error",
      problems: [problem("new.yaml"), problem("broken-before.yaml", "existing")],
      skipped: [{ path: "skipped.yaml", reason: "part of a chart" }],
    },
  );
  const { summary } = checkRunBody(of, { notes: ["A note."], repeat: "portcullis check --base origin/main" });
  const order = [
    "new.yaml",
    "denied.yaml",
    "A note.",
    "warned.yaml",
    "broken-before.yaml",
    "old.yaml",
    "skipped.yaml",
    "--base origin/main",
  ];
  expect(order.map((text) => summary.indexOf(text))).toEqual(
    order.map((text) => summary.indexOf(text)).toSorted((a, b) => a - b),
  );
  const seen = visible(summary);
  for (const text of ["new.yaml", "denied.yaml", "A note.", "--base origin/main"]) expect(seen).toContain(text);
  for (const text of ["warned.yaml", "broken-before.yaml", "old.yaml", "fixed.yaml", "skipped.yaml"])
    expect(seen).not.toContain(text);
});

test("the configuration is not told as a file that nobody judged", () => {
  const skipped = [
    { path: "portcullis.yaml", reason: "not a Kubernetes object: no apiVersion", configuration: true as const },
    { path: "values.yaml", reason: "not a Kubernetes object: no apiVersion" },
  ];
  const { summary } = checkRunBody(report({ skipped }));
  expect(summary).toContain("values.yaml");
  expect(summary).not.toContain("portcullis.yaml");
});

test("where nothing blocks, what warns is visible", () => {
  const { summary } = checkRunBody(report({ verdict: "warn", findings: [at("warned.yaml", 1, { level: "warn" })] }));
  expect(visible(summary)).toContain("warned.yaml");
});

test("every fold is closed, whatever is cut", () => {
  const of = failing(
    many(30, 100).map((one, n) => ({ ...one, message: "long ".repeat(n % 200), description: "d".repeat(n % 900) })),
  );
  const { summary } = checkRunBody(of, { linkTo });
  expect(summary.split("<details>")).toHaveLength(summary.split("</details>").length);
  const html = micromark(summary, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  expect(html.split("<ul>")).toHaveLength(html.split("</ul>").length);
  const hidden = [...summary.matchAll(/…and (\d+) more findings? not shown/g)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  expect(rowsOf(summary).length + hidden).toBe(3000);
});

test("annotations: what blocks first, each with what to do, and a link to a page only once", () => {
  const { annotations } = checkRunBody(failing([at("a.yaml", 1, { level: "warn" }), ...many(2, 60)]));
  expect(annotations.map(({ level }) => level).indexOf("notice")).toBe(120);
  for (const { message } of annotations) expect(message).toContain("Name a version.");
  const links = annotations.flatMap(({ message }) => message.match(/https:\S+/g) ?? []);
  expect(links).toHaveLength(new Set(links).size);
});

test("existing findings of a policy name each place once", () => {
  const existing = { status: "existing", policy: "workloads/resources" } as const;
  const findings = [1, 1, 1, 1, 2].map((line) => at("a.yaml", line, existing));
  const { summary } = checkRunBody(report({ verdict: "pass", findings }), { blocks: () => false });
  expect(summary).toContain("5 findings in 1 file: `a.yaml:1`, `a.yaml:2`\n");
});
