import { expect, test } from "@jest/globals";
import { width, wrapped } from "../../src/report/cells.ts";
import { pretty } from "../../src/report/pretty.ts";
import { finding, optionsFor, report, samples } from "./sample-reports.ts";

const lines = (text: string): readonly string[] => text.trimEnd().split("\n");

test.each([
  ["at words, with an indent", "  one two three", 41, ["  one two three"]],
  ["not without a width", "a ".repeat(200).trim(), undefined, ["a ".repeat(200).trim()]],
])("%s", (_, text, columns, expected) => {
  expect(wrapped(text, columns, "    ")).toEqual(expected);
});

test("a text is broken at spaces, and a word that is longer stays whole", () => {
  const text = `  in ${"overlays/production/eu-central-1/".repeat(2)} and ${"more ".repeat(9)}`.trimEnd();
  const found = wrapped(text, 40, "    ");
  expect(found).toEqual([
    "  in",
    `    ${"overlays/production/eu-central-1/".repeat(2)}`,
    "    and more more more more more more",
    "    more more more",
  ]);
});

test("wide characters count twice, and no line begins with a command", () => {
  expect(wrapped(`${"値".repeat(10)} ${"値".repeat(10)}`, 40, "")).toHaveLength(2);
  expect(wrapped(`${"x".repeat(38)} ::error::owned`, 40, "")).toEqual([`${"x".repeat(38)} ::error::owned`]);
});

test.each(["fail", "environments", "error", "pass"])(
  "in a terminal of 80 cells every line of %s fits, but for words that are longer",
  (sample) => {
    const text = pretty(samples[sample]!, optionsFor({ columns: 80 }));
    expect(lines(text).filter((line) => width(line) > 80 && line.trim().includes(" "))).toEqual([]);
    const words = (of: string): readonly string[] =>
      of
        .replaceAll(/^ *\|? *\^+|^ *(?:=|\|)/gm, "")
        .split(/\s+/)
        .filter(Boolean);
    const whole = words(pretty(samples[sample]!, optionsFor()));
    // The matrix shows fewer columns; nothing else is lost.
    if (sample !== "environments") expect(words(text)).toEqual(whole);
  },
);

const place = { path: "apps/web/deployment.yaml", line: 10, column: 18, precision: "value" } as const;

test("findings on one line stand under one excerpt, each with its mark and its help once", () => {
  const text = pretty(
    report({
      verdict: "fail",
      findings: [
        finding({
          policy: "meta/owner",
          level: "warn",
          message: "no owner",
          location: { ...place, column: 11, precision: "parent" },
          title: "Owned",
          description: "Say who.",
        }),
        finding({ location: place }),
        finding({
          policy: "images/digest",
          level: "warn",
          message: "no digest",
          location: place,
          title: "Digests",
          description: "Pin it.",
        }),
      ],
    }),
    optionsFor(),
  );
  expect(lines(text).slice(0, 16)).toEqual([
    'deny[workloads/image-tag]: container "web" uses the tag "latest"',
    "warn[meta/owner]: no owner",
    "warn[images/digest]: no digest",
    "  --> apps/web/deployment.yaml:10:18",
    "   |",
    '10 |           image: "nginx:latest" # to be pinned',
    "   |                  ^^^^^^^^^^^^^^ workloads/image-tag, images/digest",
    "   |           ^^^^^ meta/owner: expected in here",
    "   = Deployment shop/web",
    "   = help[workloads/image-tag]: Images name a version: A tag that moves changes what runs without a commit. Name a version.",
    "   = see https://example.com/policies/image-tag",
    "   = help[meta/owner]: Owned: Say who.",
    "   = see https://example.com/policies/image-tag",
    "   = help[images/digest]: Digests: Pin it.",
    "   = see https://example.com/policies/image-tag",
    "",
  ]);
});

test("what is about other objects of the same line stands apart", () => {
  const reaches = ["a", "b"].map((name) => ({ manifest: { apiVersion: "v1", kind: "Pod", name }, fingerprint: name }));
  const of = report({
    findings: [
      finding({ location: place }),
      finding({ location: place, level: "warn", manifest: reaches[0]!.manifest, reaches }),
    ],
  });
  const text = pretty(of, optionsFor());
  expect(text.split("-->")).toHaveLength(3);
  expect(text).toContain("   = Pod a and 1 more object: Images name a version\n   = one change clears both objects\n");
});

test("a value of a Secret is not shown where the first of several objects is none", () => {
  const secret = { apiVersion: "v1", kind: "Secret", name: "b" };
  const text = pretty(
    report({
      findings: [
        finding({
          location: { path: "apps/web/secret.yaml", line: 3, column: 13, precision: "value" },
          reaches: [
            { manifest: finding().manifest, fingerprint: "a" },
            { manifest: secret, fingerprint: "b" },
          ],
        }),
      ],
    }),
    optionsFor(),
  );
  expect(text).toContain("3 |   password: ***\n");
  expect(text).not.toContain("hunter2");
});

test("many findings are counted by policy before the verdict, what blocks first; few are not", () => {
  const many = [
    ...Array.from({ length: 9 }, (_, line) =>
      finding({ policy: "pods/limits", level: "warn", title: "Limited", location: { ...place, line } }),
    ),
    finding(),
    finding({ level: "warn", location: { ...place, line: 3 } }),
  ];
  const block = (columns?: number): readonly string[] =>
    pretty(report({ verdict: "fail", findings: many }), optionsFor(columns === undefined ? {} : { columns }))
      .split("\n\n")
      .filter((one) => one.startsWith("by policy"));
  expect(block()).toEqual([
    [
      "by policy: 11 findings",
      "  1  deny  workloads/image-tag  Images name a version",
      "  9  warn  pods/limits          Limited",
      "  1  warn  workloads/image-tag  Images name a version",
    ].join("\n"),
  ]);
  expect(block(48)[0]).toContain("  Images name a v…");
  expect(pretty(report({ findings: many.slice(2) }), optionsFor())).not.toContain("by policy");
});

test("problems that block come first, those from before after the findings", () => {
  const text = pretty(
    report({
      verdict: "error",
      findings: [finding()],
      problems: [
        { stage: "parse", status: "existing", path: "a.yaml", message: "old" },
        { stage: "render", status: "introduced", path: "b.yaml", message: "new" },
      ],
    }),
    optionsFor(),
  );
  const order = ["problem[render]: new", "deny[workloads/image-tag]", "problem[parse]: old", "Could not be judged"];
  expect(order.map((part) => text.indexOf(part))).toEqual(
    order.map((part) => text.indexOf(part)).toSorted((a, b) => a - b),
  );
});
