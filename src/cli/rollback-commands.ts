import { Option, type Command } from "commander";

const ROLLBACK_HELP = `
Without an environment: for each, the last commits of the branch that changed its desired state. With one: for each of its
last states what going back changes, what it cannot undo, whether the gate would let it through by the rules of now, and
the Git commands. With --write the files are taken into the work tree and the index, and nothing is committed.

What lands in no environment that has a name is called "." here. Where nothing names environments, leave it out.

Environment:
  GITHUB_TOKEN        a token that can read checks, contents and pull requests: tells which commits passed
  GITHUB_API_URL      default https://api.github.com

Exit codes:
  0  worked out    2  could not be worked out, or --write refused to write

Examples:
  portcullis rollback
  portcullis rollback production
  portcullis rollback production --to 4f2c1a9 --write
`;

/** Defines `portcullis rollback`; `done` as in `program`. */
export function addRollbackCommand(root: Command, done: (code: number) => void): void {
  root
    .command("rollback")
    .description("list the last states of environments, what going back would change, and what it cannot undo")
    .argument("[environment]", "the environment that goes back (default: list all of them)")
    .option("--to <commit>", "only the state that this commit has")
    .option("--write", "with --to: take the files into the work tree and the index; commits nothing")
    .option("--base <ref>", "the branch", "HEAD")
    .option("--limit <count>", "how many states before the one of now (default: 5)")
    .option("--commits <count>", "how many commits of the branch are looked at (default: 200)")
    .option(
      "--repository <owner/name>",
      "the repository on GitHub (default: $GITHUB_REPOSITORY, else that of the remote)",
    )
    .option("--app-id <id>", "the App whose check counts (default: $PORTCULLIS_APP_ID)")
    .option("--check <name>", "the check that counts (default: the one of the branch)")
    .option("-p, --policy <path>", "policies in place of the configuration's; repeatable, as for check", collect)
    .option("-d, --data <path>", "JSON or YAML that policies see as data; repeatable", collect)
    .option("-c, --config <file>", "configuration (default: portcullis.yaml of the newest commit)")
    .option("--now <time>", "the time that policies see (default: the current time)")
    .option("--deadline <seconds>", "the time that all judgements may take (default: 300)")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .option("--show-all", "list every object, image and loss")
    .addOption(new Option("-o, --output <format>", "output format").choices(["pretty", "json"]).default("pretty"))
    .addHelpText("after", ROLLBACK_HELP)
    .action(async (environment: string | undefined, options) =>
      done(await (await import("./rollback/rollback-command.ts")).rollbackCommand(environment, options)),
    );
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
