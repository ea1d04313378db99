import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { SaxesParser } from "saxes";
import type { Finding } from "../../../src/model/finding.ts";
import type { Report } from "../../../src/model/report.ts";
import { checkRunBody } from "../../../src/report/check-run.ts";
import { formats } from "../../../src/report/formats.ts";
import { blocksByDefault, type Format } from "../../../src/report/format.ts";
import { renderPage } from "../../../src/report/page/render-page.ts";
import { STYLE } from "../../../src/report/page/style.ts";
import { showReport } from "../../../src/report/page/show-report.ts";
import { endedComment, fingerprintsIn, reviewComment } from "../../../src/report/review-comment.ts";
import { utf8Length } from "../../../src/report/utf8.ts";
import { isWebAddress } from "../../../src/report/web-address.ts";
import { samples } from "../../../test/report/sample-reports.ts";
import type { Random } from "../../../test/manifest/generate-yaml.ts";
import { mustBeAlike, mustHold, type FuzzTarget } from "../fuzzer.ts";
import { hostileText } from "../hostile-text.ts";

const linked = "https://github.example/blob/";
const linkTo = (path: string, line: number | undefined): string | undefined =>
  `${linked}${encodeURIComponent(path.replaceAll(/[\ud800-\udfff]/g, "?"))}#L${line ?? 1}`;
const head = "0123456789abcdef0123456789abcdef01234567";

/** Reports with hostile texts in every place, in every form: nothing in them does what we did not write. */
export const target: FuzzTarget = {
  inTests: 60,
  async open() {
    // One after the other: Jest's loader fails where two imports ask for the same module at once.
    const loaded: (readonly [string, Format])[] = [];
    for (const [name, load] of Object.entries(formats)) loaded.push([name, await load()]);
    const names = Object.keys(samples).filter((name) => name !== "hostile");
    return {
      async run(random) {
        const name = random.pick(names);
        const sample = samples[name];
        if (sample === undefined) return "nothing";
        const report = fuzzed(sample, random) as Report;
        const line = hostileText(random);
        const readLine = (): string => line;
        mustBeABody(report, random);
        mustBeAComment(report.findings.map((one) => (random.chance(0.1) ? { ...one, suggestion: [line] } : one)));
        mustBeAPage(report, readLine, random);
        for (const [format, print] of loaded) {
          const options = { readLine, colour: false, showAll: random.chance(0.5), blocks: blocksByDefault };
          const text = print(report, options);
          mustBeAlike(text, print(report, options), `${format} printed twice`);
          mustBeInert(format, text);
        }
        return name;
      },
      close: async () => {},
    };
  },
};

/** Keys whose values are words of ours. */
const OWN = new Set(
  "version verdict level status stage precision mode state change now how expires fingerprint digest rule".split(" "),
);

/** The same report with hostile texts in place of what comes from outside. */
function fuzzed(value: unknown, random: Random, key = "", isNamed = false): unknown {
  if (typeof value === "string") {
    if (OWN.has(key) || (key === "kind" && !isNamed) || random.chance(0.3)) return value;
    if (key === "docs" && random.chance(0.5)) return value;
    return random.chance(0.5) ? hostileText(random) : value + hostileText(random);
  }
  if (Array.isArray(value)) return value.map((item) => fuzzed(item, random, key));
  if (typeof value !== "object" || value === null) return value;
  const named = Object.hasOwn(value, "apiVersion");
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fuzzed(item, random, name, named)]));
}

function mustBeABody(report: Report, random: Random): void {
  const notes = [hostileText(random)];
  const waive = (fingerprint: string): string => `portcullis waive ${fingerprint}`;
  const body = checkRunBody(report, { linkTo, notes, waive, repeat: `portcullis check # ${hostileText(random)}` });
  mustHold(utf8Length(body.summary) <= 65_535, () => `a summary of ${utf8Length(body.summary)} bytes`);
  mustHold(utf8Length(body.title) <= 255, () => "a long title");
  mustHold(body.annotations.length <= 200, () => "many annotations");
  for (const { title, message } of body.annotations)
    mustHold(utf8Length(title) <= 255 && utf8Length(message) <= 64 * 1024, () => "a large annotation");
  mustBeOurs(body.summary, report.findings);
}

function mustBeAComment(findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  const body = reviewComment(findings, () => "blocks");
  mustHold(utf8Length(body) <= 65_535, () => `a comment of ${utf8Length(body)} bytes`);
  mustBeAlike(
    fingerprintsIn(body),
    findings.map(({ fingerprint }) => fingerprint),
    "the marks of a comment",
  );
  mustBeOurs(body, findings);
  const ended = endedComment("fixed", head, body);
  mustBeAlike(fingerprintsIn(ended), [], "the marks of a comment that has ended");
  mustBeOurs(ended.replace(head, "this"), findings);
}

const TAGS =
  /^<\/?(?:p|h[1-6]|ul|ol|li|table|thead|tbody|tr|th|td|details|summary|code|pre|br|strong|em|hr|blockquote|sub)(?: align="(?:left|right|center)"| class="language-[\w-]+"| start="\d+")? ?\/?>$/;

/** Rendered as GitHub does, a text has only elements that we write, and links only to where we link. */
function mustBeOurs(markdown: string, findings: readonly Finding[]): void {
  const html = micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  }).replaceAll(/^<!-- portcullis:[^\s>]+ -->$/gm, "");
  const docs = new Set(findings.flatMap((finding) => (isWebAddress(finding.docs ?? "") ? [finding.docs] : [])));
  for (const [tag] of html.matchAll(/<[^>]*>?/g)) {
    if (TAGS.test(tag) || tag === "</a>") continue;
    const href = /^<a href="([^"]*)">$/.exec(tag)?.[1]?.replaceAll("&amp;", "&");
    mustHold(
      href !== undefined && (href.startsWith(linked) || docs.has(href) || docs.has(decodeURI(href))),
      () => `the element ${tag} in\n${around(html, tag)}`,
    );
  }
  const prose = html
    .replaceAll(/<pre>[^]*?<\/pre>|<code>[^]*?<\/code>|<[^>]*>/g, " ")
    // The pull request that made a restored state is named on purpose.
    .replaceAll(/Restores the state of\s+\(#\d+, merged /g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
  const active = /@[\w]|(?:^|[\s(\w])#\d|\bGH-\d|https?:\/\/\w|\bwww\.\w|\b[0-9a-f]{40}\b/i.exec(prose);
  mustHold(active === null, () => `${JSON.stringify(active?.[0])} in ${around(prose, active?.[0] ?? "")}`);
}

function around(text: string, part: string): string {
  const at = text.indexOf(part);
  return JSON.stringify(text.slice(Math.max(0, at - 300), at + 300));
}

/** Nothing of a text moves a cursor, ends a line early, or is a command of a log. */
function mustBeInert(format: string, text: string): void {
  if (format === "json" || format === "sarif" || format === "codequality") {
    JSON.parse(text);
    return;
  }
  const unsafe = /(?!\n)\p{Cc}|[\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u.exec(text);
  mustHold(unsafe === null, () => `${format} has ${JSON.stringify(unsafe?.[0])} in ${around(text, unsafe?.[0] ?? "")}`);
  if (format === "markdown") mustBeFree(text);
  if (format === "junit") {
    const parser = new SaxesParser();
    parser.on("error", (error) => {
      throw error;
    });
    parser.write(text).close();
  }
  if (format !== "github") return;
  for (const line of text.split("\n"))
    mustHold(
      !/##\[/.test(line) && (!/^\s*::/.test(line) || /^::(?:error|warning|notice|group|endgroup)[ :]/.test(line)),
      () => `a command: ${JSON.stringify(line.slice(0, 300))}`,
    );
}

/** Markdown without links of ours: none but to pages of policies. */
function mustBeFree(markdown: string): void {
  const html = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  const wrong = [...html.matchAll(/<[^>]*>?/g)].find(
    ([tag]) => !TAGS.test(tag) && !/^<\/?a(?: href="https?:|>)/.test(tag),
  );
  mustHold(wrong === undefined, () => `markdown has ${wrong?.[0]} in ${around(html, wrong?.[0] ?? "")}`);
}

function mustBeAPage(report: Report, readLine: () => string, random: Random): void {
  const options = { blocks: blocksByDefault, lineOnHead: (_: string, line: number) => line, readLine };
  const page = renderPage({
    version: 1,
    title: hostileText(random),
    conclusion: "failure",
    check: hostileText(random),
    repository: { name: "acme/shop", url: "https://github.example/acme/shop" },
    pull: 3,
    baseRef: hostileText(random),
    head,
    base: head,
    notes: [hostileText(random)],
    report: showReport(report, options),
  });
  const rest = page.replace(`<style>${STYLE}</style>`, "").replace("<!doctype html>", "");
  const element = /<(\/?)([a-z][a-z0-9]*)((?:\s[a-z-]+="[^"<>]*")*)>/g;
  for (const [whole, , tag = "", attributes = ""] of rest.matchAll(element)) {
    mustHold(!/^(?:script|img|iframe|object|form|input|link|svg|base|embed)$/.test(tag), () => `the element ${whole}`);
    mustHold(!/\s(?:on\w+|style|srcset)=/.test(attributes), () => `the attributes of ${whole}`);
    const href = /\s(?:href|src)="([^"]*)"/.exec(attributes)?.[1];
    mustHold(href === undefined || /^(?:https?:\/\/|#)/.test(href), () => `the link ${href}`);
  }
  const left = /[<>]/.exec(rest.replaceAll(element, ""));
  mustHold(left === null, () => `a page with ${around(rest.replaceAll(element, ""), left?.[0] ?? "")}`);
}
