import { Option, type Command } from "commander";
import { parserNames } from "../../model/document-parser.ts";
import { UsageError } from "../usage-error.ts";

/** The options of `check` that conftest has and only `--compat conftest` takes. */
export interface ConftestOptions {
  readonly compat?: "conftest";
  readonly parser?: string;
  readonly ignore?: string;
  readonly failOnWarn?: boolean;
  /** False with `--no-fail`. */
  readonly fail?: boolean;
  readonly stdinFilename?: string;
  readonly protoFileDirs?: readonly string[];
  readonly strict?: boolean;
  readonly capabilities?: string;
  readonly showBuiltinErrors?: boolean;
  readonly update?: readonly string[];
}

const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];

/** Adds these options to a command. */
export function addConftestOptions(command: Command): Command {
  command
    .addOption(
      new Option(
        "--compat <tool>",
        "judge files as conftest test does, with its exit codes and counts; conftest.toml and CONFTEST_* hold, portcullis.yaml does not",
      ).choices(["conftest"]),
    )
    .addOption(
      new Option("--parser <name>", "with --compat: the parser of all files (default: by the name of each)").choices(
        parserNames,
      ),
    )
    .option("--ignore <regex>", "with --compat: files in directories that are left out")
    .option("--fail-on-warn", "with --compat: exit with 1 for warnings and 2 for failures")
    .option("--no-fail", "with --compat: exit with 0 whatever policies find")
    .option("--stdin-filename <name>", "with --compat: what standard input (-) is called")
    .option("--proto-file-dirs <dir>", "with --compat: where textproto finds its .proto files; repeatable", collect)
    .option("--strict", "with --compat: what OPA's strict mode refuses is a problem");
  // Refused by a message of their own where they decide; what they change of the output, ours does not have.
  const deciding = [
    new Option("--capabilities <file>"),
    new Option("--show-builtin-errors"),
    new Option("-u, --update <url>").argParser(collect),
  ];
  for (const option of deciding) command.addOption(option.hideHelp());
  return addPrintingOptions(command, ["--no-color", "--quiet", "--suppress-exceptions"]);
}

/** Options of conftest that only change what it prints. */
function addPrintingOptions(command: Command, flags: readonly string[]): Command {
  for (const flag of flags) command.addOption(new Option(flag).hideHelp());
  return command;
}

/** Adds the options of `test` that conftest's `verify` has. */
export function addVerifyOptions(command: Command): Command {
  command
    .addOption(
      new Option("--compat <tool>", "run the test rules that conftest verify runs, with its exit codes").choices([
        "conftest",
      ]),
    )
    .option("-n, --namespace <name>", "with --compat: packages whose tests run; repeatable (default: all)", collect)
    .option("--strict", "with --compat: what OPA's strict mode refuses is a problem")
    .addOption(new Option("--show-builtin-errors").hideHelp());
  return addPrintingOptions(command, ["--no-color", "--quiet", "--trace"]);
}

/** Refuses what nothing but `--compat conftest` has a meaning for. */
export function refuseConftestOptions(options: ConftestOptions): void {
  const given = [
    ["--parser", options.parser !== undefined],
    ["--ignore", options.ignore !== undefined],
    ["--fail-on-warn", options.failOnWarn === true],
    ["--no-fail", options.fail === false],
    ["--stdin-filename", options.stdinFilename !== undefined],
    ["--proto-file-dirs", options.protoFileDirs !== undefined],
    ["--strict", options.strict === true],
    ["--capabilities", options.capabilities !== undefined],
    ["--show-builtin-errors", options.showBuiltinErrors === true],
    ["--update", options.update !== undefined],
  ] as const;
  const named = given.find(([, isGiven]) => isGiven);
  if (named !== undefined) throw new UsageError(`${named[0]} needs --compat conftest`);
}

const switches = [
  "all-namespaces",
  "combine",
  "fail-on-warn",
  "no-color",
  "no-fail",
  "quiet",
  "show-builtin-errors",
  "strict",
  "suppress-exceptions",
  "trace",
];

/** Arguments with `--compat conftest` as ours are written: conftest takes `--strict=true` and `--strict=false` as well. */
export function withPlainSwitches(args: readonly string[]): readonly string[] {
  const isCompat = args.some(
    (arg, at) => arg === "--compat=conftest" || (arg === "--compat" && args[at + 1] === "conftest"),
  );
  if (!isCompat) return args;
  return args.flatMap((arg) => {
    const [, name = "", value] = /^--([a-z-]+)=(true|false)$/.exec(arg) ?? [];
    if (!switches.includes(name)) return [arg];
    return value === "true" ? [`--${name}`] : [];
  });
}
