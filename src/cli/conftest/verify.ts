import { openDocumentParser } from "../../engine/open-document-parser.ts";
import type { DocumentParser } from "../../model/document-parser.ts";
import { expandNamespaces } from "../../rego/expand-namespaces.ts";
import { mergeData } from "../../rego/merge-data.ts";
import { testWithConfigs } from "../../rego/dialects/test-with-configs.ts";
import { createToolchain, type Toolchain } from "../../rego/toolchain/toolchain.ts";
import { inert } from "../../report/inert-text.ts";
import { testFormats } from "../../report/tests/formats.ts";
import type { TestRun } from "../../report/tests/test-run.ts";
import { placeOf } from "../../report/wording.ts";
import { coloured } from "../coloured.ts";
import { readNamed } from "../read-policies.ts";
import type { TestOptions } from "../test-command.ts";
import { configReader } from "../tests/config-reader.ts";
import { errorsInWords, refusedInWords, ruleOutcome } from "../tests/rule-outcomes.ts";
import { UsageError } from "../usage-error.ts";
import { dataPaths } from "./data-paths.ts";
import { conftestSettings, refuseDeciding, type ConftestSettings } from "./settings.ts";
import { strictProblems } from "./strict.ts";

/**
 * Runs `portcullis test --compat conftest`: the test rules that `conftest verify` runs, and nothing else. Returns its exit
 * code: 1 for a failed test and for whatever could not be run.
 */
export async function conftestVerify(paths: readonly string[], options: TestOptions): Promise<number> {
  const parser = openDocumentParser();
  const toolchain = createToolchain();
  try {
    refuseOthers(options);
    const cwd = process.cwd();
    const flags = {
      policy: options.policy,
      data: options.data,
      namespace: options.namespace,
      strict: options.strict,
      "show-builtin-errors": options.showBuiltinErrors,
      "rego-version": options.regoVersion === "v1" ? undefined : options.regoVersion,
    };
    const file = options.config === undefined ? {} : { file: options.config };
    const settings = await conftestSettings(flags, { directory: cwd, ...file, environment: process.env, parser }, []);
    refuseDeciding(settings);
    if (paths.length > 0)
      process.stderr.write(
        `portcullis: ${paths.map(inert).join(", ")}: not read, as in conftest verify; policies are named by --policy\n`,
      );
    const run = await verify(settings, { toolchain, parser, cwd });
    const format = await testFormats[options.output]();
    process.stdout.write(format(run, { colour: coloured(process.stdout) }));
    const isGood = run.outcomes.every(({ outcome }) => outcome === "pass" || outcome === "skip");
    return isGood && run.problems.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`error: ${inert(error.message)}\n`);
    return 1;
  } finally {
    parser.close();
    toolchain.close();
  }
}

interface Run {
  readonly toolchain: Toolchain;
  readonly parser: DocumentParser;
  readonly cwd: string;
}

async function verify(
  { policy, data, namespace, regoVersion, strict }: ConftestSettings,
  { toolchain, parser, cwd }: Run,
): Promise<TestRun> {
  const { sources, tests, problems } = await readNamed(
    policy,
    dataPaths(data, cwd),
    { namespaces: "*", regoVersion },
    cwd,
  );
  const files = [...sources.files, ...tests];
  const merged = mergeData(sources.data);
  const modules = files.map(({ path, text }) => ({ path, text, regoVersion }));
  const configs = { parser, read: configReader(cwd, cwd) };
  const outcome = await testWithConfigs(toolchain, { modules, data: merged.data }, configs);
  const found =
    outcome.kind === "answer"
      ? outcome.answer
      : {
          results: [],
          refused: [],
          errors: [{ path: "", line: 0, column: 0, code: outcome.reason, message: outcome.message }],
        };
  const ofStrict = strict ? await strictProblems(toolchain, files, regoVersion) : [];
  const isNamed = packageFilter(namespace, files);
  return {
    outcomes: found.results.filter((one) => isNamed(one.package.replace(/^data\./, ""))).map(ruleOutcome),
    problems: [
      ...[...problems, ...merged.problems, ...ofStrict].map((problem) =>
        placeOf(problem) === "" ? problem.message : `${placeOf(problem)}: ${problem.message}`,
      ),
      ...errorsInWords(found.errors, regoVersion),
    ],
    notes: refusedInWords(found.refused),
  };
}

/** No namespace means all of them. */
function packageFilter(
  namespaces: readonly string[],
  files: Parameters<typeof expandNamespaces>[1],
): (name: string) => boolean {
  if (namespaces.length === 0) return () => true;
  const named = new Set(expandNamespaces(namespaces, files));
  return (name) => named.has(name);
}

function refuseOthers(options: TestOptions): void {
  const given = [
    ["--run", options.run !== undefined],
    ["--coverage", options.coverage === true],
    ["--watch", options.watch === true],
    ["--update", options.update === true],
  ] as const;
  const named = given.find(([, isGiven]) => isGiven);
  if (named !== undefined) throw new UsageError(`${named[0]} cannot be used with --compat conftest`);
}
