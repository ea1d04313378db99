import { expect, test } from "@jest/globals";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { codeSpan, docsLink, escapeMarkdown, escapeProse } from "../../src/report/escape-markdown.ts";

const render = (text: string) => micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });

/** What a reader sees: rendered text without the zero-width breaks. */
function seen(html: string): string {
  return html
    .replace(/<\/?(p|td|tr|tbody|thead|table|th|code)>|\n/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("\u200b", "");
}

/** Every tag that rendering yields besides those of the frame it stands in. */
function tags(html: string): readonly string[] {
  return (html.match(/<[^>]*>/g) ?? []).filter((tag) => !/^<\/?(p|td|tr|tbody|thead|table|th|code)>$/.test(tag));
}

const HOSTILE = [
  "@octocat please approve",
  "@org/team",
  "fixes #1, org/repo#2, GH-3, gh-4",
  "a6f5d2b and 0123456789abcdef0123456789abcdef01234567",
  "https://evil.example/x http://e.example www.evil.example mailto:a@b.example me@evil.example",
  "[text](https://evil.example) ![image](https://evil.example/i.png) [ref]: https://evil.example",
  "[^1] footnote",
  "_www.evil.example and _gh-4, _mailto:a@b.example, _0123456789abcdef0123456789abcdef01234567_",
  "<img src=x onerror=alert(1)> <script>x</script> </details> <!-- hidden --> &lt;b&gt; &#64;octocat",
  "a | b | c",
  "| --- |",
  "ends in a backslash \\",
  "\\| \\` \\\\|",
  "``` fence ``` `code` ~~~ ~~struck~~ **bold** __bold__ *it* _it_",
  "# heading",
  "> quote",
  "- item",
  "+ item",
  "1. item",
  "1) item",
  "===",
  "---",
  ":warning: $x^2$ $$y$$",
  "[x] done",
  "    indented",
  "line\nbreak\r\nand more\n\n# heading\n",
] as const;

test.each(HOSTILE)("in prose, %j yields no markup and reads the same", (text) => {
  const html = render(`x ${escapeMarkdown(text)} y`);
  expect(tags(html)).toEqual([]);
  expect(seen(html).replaceAll(/\s+/g, " ")).toBe(`x ${text.replaceAll(/\s+/g, " ")} y`.replaceAll(/\s+/g, " "));
});

test.each(HOSTILE)("at the start of a line and in a table, %j breaks nothing", (text) => {
  expect(tags(render(escapeMarkdown(text)))).toEqual([]);
  const row = `| a | b |\n|---|---|\n| ${escapeMarkdown(text)} | ${codeSpan(text)} |`;
  const html = render(row);
  expect(tags(html)).toEqual([]);
  expect(html.match(/<td>/g)).toHaveLength(2);
});

test.each(HOSTILE)("in a code span, %j stays code or, with a pipe, inert prose", (text) => {
  const html = render(`x ${codeSpan(text)} y`);
  expect(tags(html)).toEqual([]);
});

test.each(HOSTILE)("as a sentence with code, %j yields no markup but code", (text) => {
  const row = `| a | b |\n|---|---|\n| ${escapeProse(text)} | ${escapeProse(`before ${text} after`)} |`;
  expect(tags(render(escapeProse(text)))).toEqual([]);
  expect(tags(render(row))).toEqual([]);
  expect(render(row).match(/<td>/g)).toHaveLength(2);
});

test.each([
  [
    "Remove `privileged`, and grant `add: [NET_ADMIN]`.",
    "Remove <code>privileged</code>, and grant <code>add: [NET_ADMIN]</code>.",
  ],
  ["one ` alone", "one ` alone"],
  ["`*` is **not** bold", "<code>*</code> is **not** bold"],
  ["two ``of them`` stay", "two ``of them`` stay"],
])("%s is shown with its code", (text, html) => {
  expect(render(escapeProse(text))).toBe(`<p>${html}</p>`);
});

test.each(["@octocat", "#12", "org/repo#12", "GH-12", "https://e.example", "www.e.example", "a@b.example", "a6f5d2b"])(
  "%s is broken where GitHub would link it after rendering",
  (text) => {
    expect(escapeMarkdown(text)).toContain("\u200b");
  },
);

const ROUNDS = Number(process.env["PORTCULLIS_SWEEP"] ?? 2_000);

test(`${ROUNDS} random texts of markup characters survive as text`, () => {
  const alphabet = Array.from("`*_[]()<>&|\\~!#-+=:@$ \n1.a/\"'{}");
  let state = 20261123;
  const next = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = Array.from({ length: 1 + next(24) }, () => alphabet[next(alphabet.length)]).join("");
    const html = render(`| a | b |\n|---|---|\n| x ${escapeMarkdown(text)} y | x${codeSpan(text)}y |`);
    if (tags(html).length > 0 || html.match(/<td>/g)?.length !== 2) throw new Error(JSON.stringify({ text, html }));
    const prose = render(`| a |\n|---|\n| x ${escapeProse(text)} y |`);
    if (tags(prose).length > 0 || prose.match(/<td>/g)?.length !== 1) throw new Error(JSON.stringify({ text, prose }));
    const alone = render(escapeMarkdown(text));
    if (tags(alone).length > 0) throw new Error(JSON.stringify({ text, alone }));
  }
});

test.each([
  ["https://example.com/a/b?c=d#e", '<a href="https://example.com/a/b?c=d#e">how to fix</a>'],
  ["javascript:alert(1)", "<code>javascript:alert(1)</code>"],
  ["https://user@evil.example/", "<code>https://user@evil.example/</code>"],
  ["https://e.example/ onclick=x", "<code>https://e.example/ onclick=x</code>"],
])("a policy's link %s becomes %s", (url, html) => {
  expect(render(docsLink("how to fix", url))).toBe(`<p>${html}</p>`);
});
