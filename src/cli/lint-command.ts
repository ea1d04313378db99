import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtinChecks } from "../engine/builtin-checks.ts";
import type { LintIssue, LintRun } from "../model/lint.ts";
import { fixedText, isFixable } from "../rego/lint/fix.ts";
import type { Linted } from "../rego/lint/lint-policies.ts";
import { mergeData } from "../rego/merge-data.ts";
import { createToolchain, type Toolchain } from "../rego/toolchain/toolchain.ts";
import { lintFormats, type LintFormatName } from "../report/lint/formats.ts";
import { placeOf } from "../report/wording.ts";
import { readAuthored, type Authored } from "./authoring/read-authored.ts";
import { fixturesIn, type Fixture } from "../engine/authoring/fixtures.ts";
import { lintSet } from "../engine/authoring/lint-set.ts";
import { isUnder } from "./paths.ts";
import { progressLine } from "./progress.ts";

/** The options of `portcullis lint`. */
export interface LintOptions {
  readonly fix?: boolean;
  readonly config?: string;
  readonly output: LintFormatName;
}

/** Runs `portcullis lint`: issues on stdout. Returns 0 without issues, 1 with some, 2 if a file could not be linted. */
export async function lintCommand(named: readonly string[], options: LintOptions): Promise<number> {
  const progress = progressLine(process.stderr, "linting");
  const run = await lint(named, options).finally(() => progress.end());
  await new Promise<void>((done) => process.stdout.write(lintFormats[options.output](run), () => done()));
  if (run.problems.length > 0) return 2;
  return run.issues.length > 0 ? 1 : 0;
}

async function lint(named: readonly string[], options: LintOptions): Promise<LintRun> {
  const toolchain = createToolchain();
  try {
    const first = await lintOnce(named, options, toolchain);
    if (options.fix !== true) return first.run;
    const fixed: string[] = [];
    // A new text can have issues of its own, such as an import that was needed by what is gone.
    let last = first;
    for (let round = 0; round < 3; round += 1) {
      const rewritten = fixFiles(last);
      if (rewritten.length === 0) break;
      fixed.push(...rewritten);
      last = await lintOnce(named, options, toolchain);
    }
    return { ...last.run, fixed: [...new Set(fixed)].map(last.authored.shown) };
  } finally {
    toolchain.close();
  }
}

interface Once {
  readonly run: LintRun;
  readonly authored: Authored;
  readonly linted: Linted;
  /** With paths of the tree. */
  readonly issues: readonly LintIssue[];
}

async function lintOnce(named: readonly string[], options: LintOptions, toolchain: Toolchain): Promise<Once> {
  const authored = await readAuthored(named, options);
  const { sources, tests, own, shown, config } = authored;
  const { data, problems: dataProblems } = mergeData(sources.data);
  const { builtins } = builtinChecks(authored.inForce.config, authored.inForce.source);
  const set = { sources, tests, own, data, builtins, tree: authored.tree, fixtures: await fixturesBeside(authored) };
  const { linted, issues: found } = await lintSet(set, toolchain);
  const files = [...sources.files, ...tests].filter(({ path }) => own.has(path));
  const off = new Set(config.lint?.off ?? []);
  const issues = found.filter(({ rule }) => !off.has(rule));
  const problems = [
    ...authored.problems,
    ...[...linted.problems, ...dataProblems].map((problem) => {
      const place = placeOf(problem.path === undefined ? problem : { ...problem, path: shown(problem.path) });
      return place === "" ? problem.message : `${place}: ${problem.message}`;
    }),
  ];
  return {
    authored,
    linted,
    issues,
    run: {
      issues: issues.map((issue) => ({ ...issue, path: shown(issue.path) })),
      problems: [...new Set(problems)],
      files: files.length,
      fixed: [],
      fixable: issues.filter(isFixable).length,
    },
  };
}

async function fixturesBeside({ tree, own }: Authored): Promise<readonly Fixture[]> {
  const directories = [...own].map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  const paths = (await tree.list()).filter(({ kind, path }) => kind === "file" && isUnder(path, directories));
  return fixturesIn(paths.map(({ path }) => path));
}

/** Rewrites what can be mended without asking; returns the paths of the files. */
function fixFiles({ authored, linted, issues }: Once): readonly string[] {
  const { root, sources, tests } = authored;
  const fixable = issues.filter(isFixable);
  const paths = [...new Set(fixable.map(({ path }) => path))];
  return paths.filter((path) => {
    const before = [...sources.files, ...tests].find((file) => file.path === path)?.text;
    if (before === undefined) return false;
    const own = fixable.filter((issue) => issue.path === path);
    const layout = own.some(({ rule }) => rule === "format" || rule === "v0-syntax");
    const others = own.filter(({ rule }) => rule !== "format" && rule !== "v0-syntax");
    // Lines are those of the text as it is: what depends on them goes first, and the layout in the next round.
    const text =
      others.length > 0
        ? fixedText(path, before, others)
        : layout
          ? (linted.formatted.find((one) => one.path === path)?.text ?? before)
          : before;
    if (text === before) return false;
    writeFileSync(join(root, path), text);
    return true;
  });
}
