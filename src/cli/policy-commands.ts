import { Option, type Command } from "commander";

const BENCH_HELP = `
Everything is judged once, anew and in one thread. Then every Rego rule is evaluated by itself for every manifest that
the policies were asked about, for three seconds or once: the fastest round counts. Helpers that several rules share
count for each of them. Policies in CEL and Gatekeeper's are timed together. A hit is a manifest in which a policy
found something.

Exit codes:
  0  measured    2  something could not be judged

Examples:
  portcullis bench                           what the policies of portcullis.yaml cost here
  portcullis bench deploy/ -p policy/        your own policies over one directory
  portcullis bench -o json                   with the time of every rule
`;

const COMPILE_HELP = `
The file holds the policies, the data of -d, and what they were compiled to. check -p FILE uses it without compiling, with
the data, parameters and levels of the configuration there. A file is refused if it is damaged, if another version of
Portcullis made it, or if the policies that it was made of are beside it and have changed.

Exit codes:
  0  written    2  something does not compile: nothing is written

Examples:
  portcullis compile -o rules.portcullis                       the policies of portcullis.yaml
  portcullis compile -p policies -p @portcullis/cis -o rules.portcullis
  portcullis check -p rules.portcullis
`;

/** Defines the commands about policies themselves; `done` as in `program`. */
export function addPolicyCommands(root: Command, done: (code: number) => void): void {
  withPolicies(
    root
      .command("bench")
      .description("measure what each policy costs and finds over the desired state, slowest first")
      .argument("[path...]", "files and directories (default: those in the configuration, or .)"),
  )
    .option("--now <time>", "the time that policies see (default: the current time)")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .addOption(new Option("-o, --output <format>", "output format").choices(["pretty", "json"]).default("pretty"))
    .addHelpText("after", BENCH_HELP)
    .action(async (paths: string[], options) =>
      done(await (await import("./bench-command.ts")).benchCommand(paths, options)),
    );

  withPolicies(
    root
      .command("compile")
      .description("compile policies to one file that check -p uses without compiling")
      .requiredOption("-o, --output <file>", "where to write it; the name ends in .portcullis"),
  )
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .addHelpText("after", COMPILE_HELP)
    .action(async (options) => done(await (await import("./compile-command.ts")).compileCommand(options)));
}

/** The options that choose a policy set, as for `check`. */
function withPolicies(command: Command): Command {
  return command
    .option("-p, --policy <path>", "policies in place of the configuration's; repeatable, as for check", collect)
    .option("-d, --data <path>", "JSON or YAML that policies see as data; repeatable", collect)
    .option("-n, --namespace <name>", "Rego package to run; repeatable, as for check", collect)
    .option("--all-namespaces", "run every package that has a deny, violation or warn rule")
    .addOption(
      new Option("--rego-version <version>", "Rego version of files that do not declare one")
        .choices(["v0", "v1"])
        .default("v1"),
    )
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)");
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
