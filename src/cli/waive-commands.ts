import { Option, type Command } from "commander";

const WAIVE_HELP = `
The tree, or with --base the change, is judged as by portcullis check with the same options; then a waiver is added to a file
below the first entry of waivers: of the configuration. Its selector is the narrowest that covers the finding. A waiver for
a problem or a gap names its file. Nothing is written that would be refused when it is read.

Exit codes:
  0  written    2  there is no such finding, its policy may not be waived, or the waiver would be refused

Examples:
  portcullis waive bc6d8e82fc07 --reason "the vendor's image binds port 80" --ticket SEC-12
  portcullis waive apps/web.yaml:12 --base origin/main --reason "see the ticket" --expires 2027-01-31
`;

/** Defines `portcullis waive`; `done` as in `program`. */
export function addWaiveCommand(root: Command, done: (code: number) => void): void {
  root
    .command("waive")
    .description("write a waiver for a finding: a reviewed exception that expires")
    .argument("<finding>", "the fingerprint of a finding, or FILE:LINE of a finding, problem or gap")
    .requiredOption("--reason <text>", "why the exception is right")
    .option("--ticket <id>", "where it is followed up")
    .option("--owner <name>", "who answers for it")
    .option("--expires <date>", "the day on which it no longer holds (default: in 30 days, or maxDays if that is less)")
    .option("--file <path>", "the file that it is added to (default: below the configuration's waivers)")
    .option("--base <ref>", "the finding is one of the change from this commit")
    .option("--head <ref>", "with --base: to this commit (default: HEAD)")
    .option("--repo <dir>", "with --base: the Git repository (default: .)")
    .option("-p, --policy <path>", "policies in place of the configuration's; repeatable, as for check", collect)
    .option("-d, --data <path>", "JSON or YAML that policies see as data; repeatable", collect)
    .addOption(
      new Option("--rego-version <version>", "Rego version of files that do not declare one")
        .choices(["v0", "v1"])
        .default("v1"),
    )
    .option("-c, --config <file>", "configuration (default: portcullis.yaml; with --base, the one in the base commit)")
    .option("--now <time>", "the time that policies see (default: the current time)")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .addHelpText("after", WAIVE_HELP)
    .action(async (finding: string, options) =>
      done(await (await import("./waive-command.ts")).waiveCommand(finding, options)),
    );
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
