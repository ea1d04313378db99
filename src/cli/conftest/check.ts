import { defaultConfig } from "../../config/default-config.ts";
import { openDocumentParser } from "../../engine/open-document-parser.ts";
import { openJudge } from "../../engine/open-judge.ts";
import { check } from "../../gate/check.ts";
import type { Config } from "../../model/config.ts";
import type { DocumentParser } from "../../model/document-parser.ts";
import type { PolicySources } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { Report } from "../../model/report.ts";
import { emptyTally } from "../../model/tally.ts";
import { createToolchain, type Toolchain } from "../../rego/toolchain/toolchain.ts";
import { blocksBy } from "../../report/format.ts";
import { inert } from "../../report/inert-text.ts";
import type { CheckOptions } from "../check-command.ts";
import { deadlineOf, timeOf } from "../check-options.ts";
import { printReport } from "../print-report.ts";
import { readNamed } from "../read-policies.ts";
import { UsageError } from "../usage-error.ts";
import { dataPaths } from "./data-paths.ts";
import { conftestExitCode } from "./exit-code.ts";
import { conftestFiles, type ConftestFiles } from "./files.ts";
import { conftestSettings, refuseDeciding, type ConftestSettings } from "./settings.ts";
import { strictProblems } from "./strict.ts";

/**
 * Runs `portcullis check --compat conftest`: files are chosen, read, judged and counted as `conftest test` does it, and
 * the report is ours. Returns conftest's exit code, which for whatever cannot be judged is 1.
 */
export async function conftestCheck(named: readonly string[], options: CheckOptions): Promise<number> {
  const parser = openDocumentParser();
  try {
    refuseOthers(options);
    const cwd = process.cwd();
    const settings = await conftestSettings(flagsOf(options), {
      directory: cwd,
      ...(options.config === undefined ? {} : { file: options.config }),
      environment: process.env,
      parser,
    });
    if (settings.from.length > 0) say(`settings of conftest: ${settings.from.join(", ")}`);
    refuseDeciding(settings);
    if (named.length === 0) throw new UsageError("expected the files and directories to judge");
    const files = await conftestFiles(named, settings, cwd);
    const { report, config } = await judge(files, settings, { options, parser, cwd });
    await printReport(report, files, options, blocksBy({ failOn: failOnOf(settings), block: config.block }));
    return conftestExitCode(report, settings);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`error: ${inert(error.message)}\n`);
    return 1;
  } finally {
    parser.close();
  }
}

interface Run {
  readonly options: CheckOptions;
  readonly parser: DocumentParser;
  readonly cwd: string;
}

async function judge(
  { tree, paths, documents }: ConftestFiles,
  settings: ConftestSettings,
  { options, parser, cwd }: Run,
): Promise<{ readonly report: Report; readonly config: Config }> {
  const now = timeOf(options.now);
  const toolchain = createToolchain();
  const { sources, problems } = await policiesOf(settings, toolchain, cwd);
  const printed = new Set<string>();
  const judgedBy = await openJudge(sources, now, {
    compat: "conftest",
    toolchain,
    print: (place, lines) => {
      for (const { at, text } of lines) printed.add(`print ${at}: ${text} (${place})\n`);
    },
  });
  const config: Config = { ...defaultConfig, documents, block: "all", schemas: { enabled: false } };
  try {
    const report = await check({
      after: tree,
      config,
      judge: judgedBy,
      documentParser: parser,
      documentsAlone: { combine: settings.combine },
      now,
      judged: { after: paths.join(", "), how: "directory" },
      paths,
      problems,
      failOn: failOnOf(settings),
      allowEmpty: true,
      deadline: deadlineOf(options.deadline),
    });
    for (const line of printed) process.stderr.write(line);
    // A namespace that no policy has is tested by nothing, and said to be.
    return { report: { ...report, tally: report.tally ?? emptyTally }, config };
  } finally {
    await judgedBy.close();
    toolchain.close();
  }
}

async function policiesOf(
  { policy, data, namespace, allNamespaces, regoVersion, strict }: ConftestSettings,
  toolchain: Toolchain,
  cwd: string,
): Promise<{ readonly sources: PolicySources; readonly problems: readonly Problem[] }> {
  const namespaces = allNamespaces ? ("*" as const) : namespace;
  const { sources, problems } = await readNamed(policy, dataPaths(data, cwd), { namespaces, regoVersion }, cwd);
  const { objects: _, ...rego } = sources;
  if (rego.files.length === 0 && problems.length === 0)
    return { sources: rego, problems: [{ stage: "config", message: `no policies found in ${policy.join(", ")}` }] };
  const ofStrict = strict ? await strictProblems(toolchain, rego.files, regoVersion) : [];
  return { sources: { ...rego, allowEmpty: true }, problems: [...problems, ...ofStrict] };
}

function failOnOf({ failOnWarn, noFail }: ConftestSettings): "deny" | "warn" | "never" {
  if (noFail) return "never";
  return failOnWarn ? "warn" : "deny";
}

function flagsOf(options: CheckOptions): Parameters<typeof conftestSettings>[0] {
  return {
    policy: options.policy,
    data: options.data,
    namespace: options.namespace,
    "all-namespaces": options.allNamespaces,
    combine: options.combine,
    "fail-on-warn": options.failOnWarn,
    "no-fail": options.fail === false ? true : undefined,
    ignore: options.ignore,
    parser: options.parser,
    "stdin-filename": options.stdinFilename,
    "proto-file-dirs": options.protoFileDirs,
    // The default of the option is conftest's too.
    strict: options.strict,
    capabilities: options.capabilities,
    "show-builtin-errors": options.showBuiltinErrors,
    update: options.update,
    "rego-version": options.regoVersion === "v1" ? undefined : options.regoVersion,
  };
}

/** What conftest does not know must not be thought to hold. */
function refuseOthers(options: CheckOptions): void {
  const given = [
    ["--base", options.base !== undefined],
    ["--diff", options.diff === true],
    ["--fix", options.fix === true],
    ["--remotes", options.remotes !== undefined],
    ["--block", options.block !== undefined],
    ["--fail-on", options.failOn !== "deny"],
    ["--allow-empty", options.allowEmpty === true],
  ] as const;
  const named = given.find(([, isGiven]) => isGiven);
  if (named !== undefined) throw new UsageError(`${named[0]} cannot be used with --compat conftest`);
}

function say(line: string): void {
  process.stderr.write(`portcullis: ${line}\n`);
}
