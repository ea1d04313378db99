import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CONFIG_FILE } from "../config/config-file.ts";
import { isOfScenario } from "../config/scenario-files.ts";
import type { Tree } from "../model/tree.ts";
import { scenarioReport } from "../report/tests/scenario-report.ts";
import { recordedTree } from "./authoring/recorded-tree.ts";
import { checkCommand, showReport, type CheckOptions, type ShownJudgement } from "./check-command.ts";
import { isUnder } from "./paths.ts";
import { createTestSession } from "./tests/test-session.ts";
import { UsageError } from "./usage-error.ts";

const MOST_FILES = 5000;
const MOST_BYTES = 50 * 2 ** 20;

/**
 * Runs `portcullis check --record DIR`: judges everything anew, writes what was read of the trees and what was found as a
 * scenario, and sees that `portcullis test` passes it. Returns the exit code of `check`.
 */
export async function recordedCheck(
  named: readonly string[],
  { record, ...options }: CheckOptions & { readonly record: string },
): Promise<number> {
  if (!/(?:^|[\\/])scenarios[\\/][^\\/]+[\\/]?$/.test(record))
    throw new UsageError(`--record ${record}: expected a directory scenarios/NAME beside policies`);
  if (existsSync(record)) throw new UsageError(`--record ${record}: there is something of this name`);
  if (options.fix === true) throw new UsageError("--record and --fix cannot be used together");
  const paths = new Set<string>();
  const noting = (tree: Tree): Tree => recordedTree(tree, (path) => paths.add(path));
  return checkCommand(
    named,
    { ...options, cache: false, threads: "1" },
    {
      subject: (subject) => ({
        ...subject,
        after: noting(subject.after),
        ...(subject.before === undefined ? {} : { before: noting(subject.before) }),
      }),
      show: async (judged, given) => {
        const note = await writeScenario(record, { judged, options: given, paths });
        process.stderr.write(`portcullis: wrote ${record}\n${note === undefined ? "" : `portcullis: ${note}\n`}`);
        return showReport(judged, given);
      },
    },
  );
}

interface Recording {
  readonly judged: ShownJudgement;
  readonly options: CheckOptions;
  /** What was read of either tree. */
  readonly paths: ReadonlySet<string>;
}

/** Writes a scenario that passes; returns what people have to know of it. Nothing is left where it cannot be written. */
async function writeScenario(record: string, { judged, options, paths }: Recording): Promise<string | undefined> {
  const { report, subject } = judged;
  const made = mkdirSync(record, { recursive: true }) ?? record;
  try {
    const rules = await rulesOf(judged, options);
    const after = await filesOf(subject.after, new Set([...paths, CONFIG_FILE]));
    const { before } = subject;
    writeAll(
      record,
      before === undefined
        ? { head: [...after, ...rules] }
        : { base: [...(await filesOf(before, paths)), ...rules], head: after },
    );
    writeFileSync(join(record, "expected.json"), scenarioReport(report));
    return await testScenario(record, options);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

interface RecordedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly isLink: boolean;
}

async function filesOf(tree: Tree, paths: ReadonlySet<string>): Promise<readonly RecordedFile[]> {
  const entries = (await tree.list()).filter(
    ({ path, kind }) => kind !== "submodule" && paths.has(path) && !isOfScenario(path),
  );
  const links = new Set(entries.filter(({ kind }) => kind === "symlink").map(({ path }) => path));
  const files: RecordedFile[] = [];
  for await (const { path, bytes } of tree.readAll(entries.map(({ path: one }) => one)))
    files.push({ path, bytes, isLink: links.has(path) });
  return files;
}

/** The configuration in force, and the data and policies of documents that it names: a scenario has its policies from elsewhere. */
async function rulesOf(
  { config, subject }: ShownJudgement,
  { config: named }: CheckOptions,
): Promise<readonly RecordedFile[]> {
  const { source, tree } = subject.configuration;
  if (source === undefined) return [];
  const below = [...config.data, ...config.documents.flatMap(({ policies, data }) => [...policies, ...data])];
  const own = [
    ...(named === undefined ? [CONFIG_FILE] : []),
    ...below.map((path) => path.replace(/^\.\//, "").replace(/\/$/, "")),
  ];
  const paths = (await tree.list())
    .filter(({ path, kind }) => kind === "file" && isUnder(path, own))
    .map(({ path }) => path);
  const files: RecordedFile[] = [];
  for await (const { path, bytes } of tree.readAll(paths)) files.push({ path, bytes, isLink: false });
  if (named !== undefined) files.push({ path: CONFIG_FILE, bytes: readFileSync(named), isLink: false });
  return files;
}

function writeAll(record: string, parts: { readonly [part: string]: readonly RecordedFile[] }): void {
  const all = Object.values(parts).flat();
  const bytes = all.reduce((sum, file) => sum + file.bytes.length, 0);
  if (all.length > MOST_FILES || bytes > MOST_BYTES)
    throw new UsageError(
      `--record ${record}: ${all.length} files with ${(bytes / 2 ** 20).toFixed(1)} MiB were judged; expected at most ${MOST_FILES} files with ${MOST_BYTES / 2 ** 20} MiB: name the paths to record`,
    );
  for (const [part, files] of Object.entries(parts))
    for (const { path, bytes: content, isLink } of files) {
      const to = join(record, part, path);
      mkdirSync(dirname(to), { recursive: true });
      if (isLink) symlinkSync(new TextDecoder().decode(content), to);
      else writeFileSync(to, content);
    }
}

/** Runs the scenario as `portcullis test` does. Where it finds something else than the check, that is what it expects. */
async function testScenario(record: string, options: CheckOptions): Promise<string | undefined> {
  const request = {
    named: (options.policy ?? []).filter((path) => existsSync(path)),
    ...(options.data === undefined ? {} : { data: options.data }),
    ...(options.config === undefined ? {} : { config: options.config }),
    regoVersion: options.regoVersion,
    coverage: false,
    again: false,
    update: false,
  };
  const name = /[^\\/]+(?=[\\/]?$)/.exec(record)?.[0] ?? "";
  const first = await testOnce({ ...request, run: new RegExp(`^scenario (?:.*/)?${escaped(name)}$`) });
  const own = first.outcomes.find(({ kind, path }) => kind === "scenario" && resolve(path) === resolve(record));
  if (own === undefined)
    throw new UsageError(
      `--record ${record}: portcullis test finds no scenario here; expected a directory below the policies that it tests`,
    );
  if (own.outcome === "pass") return undefined;
  const second = await testOnce({ ...request, update: true, run: new RegExp(`^${escaped(own.name)}$`) });
  if (second.problems.length > 0 || second.outcomes.some(({ outcome }) => outcome !== "pass"))
    throw new UsageError(
      `--record ${record}: the scenario cannot be judged: ${[...second.problems, ...own.reasons].join("; ")}`,
    );
  return `${record} gives another result than this check, and expects it: portcullis test judges without servers and options, by the policies that it tests`;
}

async function testOnce(
  request: Parameters<typeof createTestSession>[0],
): ReturnType<ReturnType<typeof createTestSession>["run"]> {
  const session = createTestSession(request);
  try {
    return await session.run();
  } finally {
    session.close();
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
