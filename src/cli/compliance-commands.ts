import { Option, type Command } from "commander";

const COMPLIANCE_HELP = `
With --history it reads the database of the server, and is run with the server's DATABASE_URL or STATE_DIR: with PostgreSQL
beside the running server, with the embedded database only while no server runs. It judges and writes nothing.

Exit codes:
  0  no control that was judged has a finding; with --history: printed
  1  at least one control is not satisfied
  2  something could not be judged: controls without findings are then undetermined; or no history could be read

A control that no policy judges is listed as not covered.

Examples:
  portcullis compliance --framework CIS-Kubernetes
  portcullis compliance --history --repository acme/gitops --branch main --since 2027-01-01
  portcullis compliance --history -o csv > history.csv
`;

/** Defines `portcullis compliance`; `done` as in `program`. */
export function addComplianceCommand(root: Command, done: (code: number) => void): void {
  root
    .command("compliance")
    .description("roll the verdict up by control of security standards (CIS, NSA, PSS, NIST, SOC 2, PCI DSS)")
    .argument("[path...]", "files and directories (default: those in the configuration, or .)")
    .option("--base <ref>", "judge the head of a change by the rules of this commit")
    .option("--head <ref>", "with --base: this commit (default: HEAD)")
    .option("--repo <dir>", "with --base: the Git repository (default: .)")
    .option("--framework <id>", "only this framework, such as CIS-Kubernetes; repeatable (default: all)", collect)
    .option(
      "-p, --policy <path>",
      "policies in place of the configuration's and all that ship; repeatable, as for check",
      collect,
    )
    .option("-d, --data <path>", "JSON or YAML that policies see as data; repeatable", collect)
    .option("-c, --config <file>", "configuration (default: portcullis.yaml; with --base, the one in the base commit)")
    .option("--now <time>", "the time that policies see (default: the current time)")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .addOption(
      new Option("-o, --output <format>", "output format").choices(["text", "csv", "json", "oscal"]).default("text"),
    )
    .option("--history", "in place of judging: what the server stored of its judgements of gated branches")
    .option("--repository <name>", "with --history: only this repository, OWNER/NAME")
    .option("--branch <name>", "with --history: only this branch")
    .option("--since <time>", "with --history: only judgements from this day or time (UTC) on")
    .addHelpText("after", COMPLIANCE_HELP)
    .action(async (paths: string[], options) =>
      done(
        options.history === true
          ? await (await import("./compliance-history-command.ts")).complianceHistoryCommand(paths, options)
          : await (
              await import("./compliance-command.ts")
            ).complianceCommand(paths, { ...options, regoVersion: "v1", schemas: false }),
      ),
    );
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
