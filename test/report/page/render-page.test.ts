import { describe, expect, test } from "@jest/globals";
import { gzipSync } from "node:zlib";
import type { Report } from "../../../src/model/report.ts";
import { blocksByDefault } from "../../../src/report/format.ts";
import { renderNotice, renderPage } from "../../../src/report/page/render-page.ts";
import type { ReportPage } from "../../../src/report/page/report-page.ts";
import { showReport } from "../../../src/report/page/show-report.ts";
import { STYLE } from "../../../src/report/page/style.ts";
import { finding, report, samples } from "../sample-reports.ts";

const { head } = { head: "0123456789abcdef0123456789abcdef01234567" };

function pageOf(
  of: Report,
  over: Partial<ReportPage> = {},
  readLine: () => string | undefined = () => undefined,
): string {
  const options = { blocks: blocksByDefault, lineOnHead: (_: string, line: number) => line + 100, readLine };
  return renderPage(
    JSON.parse(
      JSON.stringify({
        version: 1,
        title: "Not compliant: 1 finding blocks",
        conclusion: "failure",
        check: "portcullis",
        repository: { name: "acme/shop", url: "https://github.com/acme/shop" },
        pull: 3,
        baseRef: "main",
        head,
        base: "f".repeat(40),
        notes: [],
        report: showReport(of, options),
        ...over,
      }),
    ) as ReportPage,
  );
}

/** The tags of a document, in order; throws where one is not closed. */
function tagsOf(page: string): readonly string[] {
  const open: string[] = [];
  const tags: string[] = [];
  const rest = page.replace(`<style>${STYLE}</style>`, "").replace("<!doctype html>", "");
  for (const [whole, slash, tag = ""] of rest.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s[a-z-]+="[^"<>]*")*)>/g)) {
    if (whole === undefined) continue;
    if (slash === "/") expect(open.pop()).toBe(tag);
    else if (!["meta", "wbr", "br"].includes(tag)) open.push(tag);
    tags.push(tag);
  }
  expect(open).toEqual([]);
  expect(rest.replaceAll(/<(\/?)([a-z][a-z0-9]*)((?:\s[a-z-]+="[^"<>]*")*)>/g, "")).not.toMatch(/[<>]/);
  return tags;
}

describe("the page of a report", () => {
  test.each(Object.entries(samples))("is a whole document for the report %s", (_name, sample) => {
    const page = pageOf(sample, {}, () => "          image: nginx:latest");
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    const tags = tagsOf(page);
    expect(tags.filter((tag) => tag === "h1")).toHaveLength(2);
    expect(tags).not.toContain("script");
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(page.replaceAll(/<th scope="(col|row)">/g, "")).not.toMatch(/<th[ >]/);
  });

  test("shows what blocks first, at its line on GitHub, with its line of source and its policy", () => {
    const page = pageOf(samples["fail"] ?? report(), {}, () => '          image: "nginx:latest" # to be pinned');
    expect(page).toContain(`href="https://github.com/acme/shop/blob/${head}/apps/web/deployment.yaml#L110"`);
    expect(page).toContain("<mark>&quot;nginx:latest&quot;</mark>");
    expect(page).toContain('href="https://example.com/policies/image-tag"');
    const at = (id: string): number => page.indexOf(`<section id="${id}">`);
    expect([at("blocks"), at("warnings"), at("existing"), at("fixed"), at("files")]).toEqual(
      [at("blocks"), at("warnings"), at("existing"), at("fixed"), at("files")].toSorted((a, b) => a - b),
    );
    expect(at("blocks")).toBeGreaterThan(0);
    // Fixed findings stand in the tree before.
    expect(page).toContain(`/blob/${"f".repeat(40)}/apps/web/deployment.yaml#L10"`);
    expect(page).toContain("<strong>1</strong> waived");
  });

  test("says a message once for all its places", () => {
    const findings = [1, 2, 3].map((line) =>
      finding({ location: { path: `apps/${line}.yaml`, line, precision: "value" }, fingerprint: String(line) }),
    );
    const page = pageOf(report({ verdict: "fail", findings }));
    expect(page.split("uses the tag")).toHaveLength(2);
    expect(page).toContain("3 places");
  });

  test("does not show values of a Secret", () => {
    const of = finding({
      manifest: { apiVersion: "v1", kind: "Secret", name: "db" },
      location: { path: "s.yaml", line: 3, column: 13, precision: "value" },
    });
    expect(pageOf(report({ verdict: "fail", findings: [of] }), {}, () => "  password: hunter2")).not.toContain(
      "hunter2",
    );
  });

  test("stays bounded with 5,000 findings, and says what it leaves out", () => {
    const message = (at: number): string =>
      `container "c${at}" uses the tag "latest" ${"x".repeat(at % 7 === 0 ? 5_000 : 50)}`;
    const findings = Array.from({ length: 5_000 }, (_, at) =>
      finding({
        message: message(at),
        status: at % 5 === 0 ? "existing" : "introduced",
        location: { path: `apps/${at}.yaml`, line: 1, precision: "value" },
        fingerprint: String(at),
      }),
    );
    const checked = findings.map(({ location }) => ({ path: location.path, manifests: 1 }));
    const large = report({ verdict: "fail", findings, checked });
    const page = pageOf(large);
    expect(page.length).toBeLessThan(4_000_000);
    expect(page).toContain("3500 more findings are not shown here");
    expect(page).toMatch(/\d+ more files are not shown here/);
    const shown = showReport(large, {
      blocks: blocksByDefault,
      lineOnHead: (_, line) => line,
      readLine: () => undefined,
    });
    expect(gzipSync(JSON.stringify(shown)).length).toBeLessThan(1_500_000);
  });
});

const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</title></style><svg onload=alert(1)>",
  "&lt;script&gt; &#x3c;b&#x3e;",
  "javascript:alert(1)",
  "\u001b[31mred\u0000\u202egnp.exe",
  "<!-- --> ]]> <![CDATA[",
  "\ud800 lone",
  "${alert(1)} {{7*7}} `x`",
  "__proto__",
  "constructor",
];

describe("text from outside", () => {
  test.each(HOSTILE)("%j stays text wherever it stands", (text) => {
    const of = finding({
      policy: text,
      message: text,
      manifest: { apiVersion: text, kind: text, namespace: text, name: text },
      environment: text,
      environments: [text, "b"],
      location: {
        path: text,
        line: 1,
        precision: "value",
        fetched: { reference: text, path: text, line: 1 },
      },
      related: { path: text, line: 1 },
      source: text,
      sources: [text],
      title: text,
      description: text,
      docs: text,
    });
    const whole = report({
      verdict: "fail",
      findings: [of, { ...of, status: "existing" }, { ...of, status: "fixed" }, { ...of, level: "warn" }],
      problems: [
        { stage: "parse", status: "introduced", path: text, line: 1, message: text },
        { stage: "parse", status: "existing", path: text, line: 1, message: text },
      ],
      checked: [{ path: text, manifests: 1, skipped: [{ line: 1, reason: text }] }],
      skipped: [
        { path: text, reason: text, touched: true },
        { path: text, reason: text },
      ],
      sources: [{ id: text, kind: "helm", path: text, line: 1, environments: [text], manifests: 1 }],
      gaps: [
        { source: text, path: text, line: 1, reason: text, touched: true },
        { source: text, path: text, line: 1, reason: text },
      ],
      remotes: [{ source: text, reference: text, name: text, version: text, digest: text, stale: true }],
      remoteChanges: [
        {
          name: text,
          before: text,
          after: text,
          sources: [text],
          objects: { created: 1, updated: 1, deleted: 1 },
          images: [{ before: text, after: text }],
        },
      ],
      manifestChanges: [
        {
          kind: "deleted",
          manifest: of.manifest,
          sources: [text],
          environments: [text],
          finalizers: [text],
          diff: text,
        },
      ],
      unknownKinds: [{ kind: text, manifests: 1 }],
      judged: { after: text, before: text, how: text },
      policies: { digest: text, count: 1 },
      now: text,
    });
    const over = {
      title: text,
      check: text,
      repository: { name: text, url: "https://github.com/acme/shop" },
      baseRef: text,
      notes: [text],
    };
    const page = pageOf(whole, over, () => `  a: ${text}`);
    const innocent = pageOf(
      JSON.parse(JSON.stringify(whole).replaceAll(JSON.stringify(text), '"plain"')) as Report,
      {
        ...over,
        title: "plain",
        check: "plain",
        repository: { ...over.repository, name: "plain" },
        baseRef: "plain",
        notes: ["plain"],
      },
      () => "  a: plain",
    );
    const structure = (of: string): readonly string[] => tagsOf(of).filter((tag) => !["wbr", "mark"].includes(tag));
    expect(structure(page)).toEqual(structure(innocent));
    for (const [, address = ""] of page.matchAll(/ href="([^"]*)"/g))
      expect(address).toMatch(/^https:\/\/github\.com\//);
    expect(page.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });

  test("in a notice stays text too", () => expect(tagsOf(renderNotice("<b>", "<i>"))).not.toContain("i"));
});
