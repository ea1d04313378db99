import { documentOf } from "../page/document.ts";
import { markup, type Markup } from "../page/markup.ts";
import { section, table } from "../page/section.ts";
import { count } from "../wording.ts";
import { missedThresholds, percent, type Coverage, type CoverageOfFile, type TestRun } from "./test-run.ts";

const STYLE = `
.source { padding: 0.5rem 0; }
.source > span { display: block; min-height: 1.45em; padding: 0 0.75rem 0 0.5rem; border-left: 3px solid transparent; white-space: pre; width: max-content; min-width: 100%; }
.source > .reached { border-left-color: var(--pass); background: color-mix(in srgb, var(--pass) 9%, transparent); }
.source > .missed { border-left-color: var(--deny); background: color-mix(in srgb, var(--deny) 16%, transparent); }
.source > span:target { outline: 2px solid var(--link); outline-offset: -2px; }
.hits { display: inline-block; min-width: 4.5em; padding-right: 1em; color: var(--quiet); text-align: right; user-select: none; }
.missed .hits { color: var(--deny); font-weight: 600; }
.never { margin-left: 1.5em; color: var(--warn); font-style: italic; user-select: none; }
td.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
meter { width: 5rem; vertical-align: middle; }
`;

/**
 * Coverage as an HTML document without scripts or anything else to load: all files with their percentage, then the text
 * of each with the lines that tests reached, those that none did, and those that hold nothing to evaluate. `textOf` gives
 * the text of a file by its path.
 */
export function coveragePage(run: TestRun, coverage: Coverage, textOf: (path: string) => string | undefined): string {
  const missed = missedThresholds(run);
  const { files, percentage } = coverage;
  const rules = files.flatMap((file) => file.rules);
  const bad = run.outcomes.filter(({ outcome }) => outcome === "fail" || outcome === "error").length;
  const trouble = [
    ...(bad > 0 ? [`${count(bad, "test")} did not pass.`] : []),
    ...(run.problems.length > 0 ? [`${count(run.problems.length, "problem")} kept tests from running.`] : []),
    ...(files.length === 0 ? ["There is nothing to measure: no policy was compiled."] : []),
  ];
  const body = markup`<header>
      <h1>Coverage of policies by their tests</h1>
      <ul class="numbers">
        <li><strong>${percent(percentage)}</strong> of lines</li>
        <li><strong>${rules.filter(({ hits }) => hits > 0).length}</strong> of ${count(rules.length, "rule body", "rule bodies")} held</li>
        <li><strong>${run.outcomes.length - bad}</strong> of ${count(run.outcomes.length, "test")} passed or skipped</li>
      </ul>
      ${[...trouble, ...missed].map((one) => markup`<p class="note-line deny">${one}</p>`)}
    </header>
    <main>
      ${files.length === 0 ? undefined : section({ id: "files", heading: "Files", total: files.length, body: [overview(files)] })}
      ${files.map((file, at) => sourcePart(file, at, textOf(file.path)))}
    </main>
    <footer>A number with × says how often the expressions of a line were evaluated. A line without one has none.</footer>`;
  return documentOf("Coverage of policies", body, STYLE);
}

function overview(files: readonly CoverageOfFile[]): Markup {
  const rows = files.map((file, at) => {
    const { path, percentage, lines, rules } = file;
    return markup`<tr>
      <td><a href="#file-${at}">${path}</a></td>
      <td class="figure"><meter min="0" max="100" low="60" high="90" optimum="100" value="${Math.floor(percentage)}"></meter> ${percent(percentage)}</td>
      <td class="figure">${reached(lines)} of ${lines.length}</td>
      <td class="figure">${reached(rules)} of ${rules.length}</td>
      <td>${rangesOf(file, at)}</td>
    </tr>
`;
  });
  return table("Coverage of each file", ["file", "coverage", "lines", "rule bodies", "not reached"], rows);
}

function reached(ones: readonly { readonly hits: number }[]): number {
  return ones.filter(({ hits }) => hits > 0).length;
}

function rangesOf({ notCovered }: CoverageOfFile, file: number): readonly Markup[] {
  return notCovered.map(
    ({ from, to }, at) =>
      markup`${at === 0 ? "" : ", "}<a href="${anchor(file, from)}">${from === to ? from : `${from}–${to}`}</a>`,
  );
}

function anchor(file: number, line: number): string {
  return `#file-${file}-line-${line}`;
}

/** The text of a file; it is closed where nothing is missing. */
function sourcePart(file: CoverageOfFile, at: number, text: string | undefined): Markup {
  const { path, percentage, rules } = file;
  const complete = file.notCovered.length === 0 && reached(rules) === rules.length;
  const summary = markup`<summary><h2>${path} <span class="count">${percent(percentage)}</span></h2></summary>`;
  const body =
    text === undefined
      ? markup`<p class="note">The text of this file is not at hand.</p>`
      : markup`<pre class="source" tabindex="0">${linesOf(file, at, text)}</pre>`;
  return complete
    ? markup`<section id="file-${at}"><details>${summary}${body}</details></section>`
    : markup`<section id="file-${at}"><details open>${summary}${body}</details></section>`;
}

function linesOf({ lines, rules }: CoverageOfFile, file: number, text: string): readonly Markup[] {
  const hits = new Map(lines.map((one) => [one.line, one.hits]));
  return text
    .replace(/\r?\n$/, "")
    .split("\n")
    .map((line, at) => {
      const number = at + 1;
      const times = hits.get(number);
      const never = rules.filter((rule) => rule.line === number && rule.hits === 0);
      const state = times === undefined ? "idle" : times > 0 ? "reached" : "missed";
      const note =
        never.length === 0
          ? undefined
          : markup`<span class="never">${never.map(({ name }) => name).join(", ")} never held</span>`;
      return markup`<span class="${state}" id="${anchor(file, number).slice(1)}"><span class="number">${number}</span><span class="hits">${times === undefined ? "" : `${times}×`}</span>${line.replace(/\r$/, "")}${note}</span>`;
    });
}
