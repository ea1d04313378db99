import { Option, type Command } from "commander";

const AUDIT_HELP = `
The audit log is in the database of the server: run it with the server's DATABASE_URL or STATE_DIR. With PostgreSQL it works
beside the running server, and as any user who may read portcullis.audit and portcullis.migrations; the embedded database
can be opened only while no server runs. It writes nothing.
`;

const USAGE = `${AUDIT_HELP}
  portcullis audit verify [FILE] [--head HASH]
  portcullis audit export [--since TIME] [--until TIME] [--repository OWNER/NAME] [-o json|csv|opa-decisions]
`;

const VERIFY_HELP = `${AUDIT_HELP}
An export (portcullis audit export -o json) can be verified without a database: name its file, or - for stdin. It may begin
anywhere, and must have all rows from there to its end.

Exit codes:
  0  every row is as it was written, and every --head is in the log
  1  rows were changed, are missing or are out of order: each is named
  2  the log could not be read

Examples:
  portcullis audit verify
  portcullis audit verify --head 3f1c…9a     the hash that a check on GitHub shows must be in the log
  portcullis audit verify audit.jsonl
`;

const EXPORT_HELP = `${AUDIT_HELP}
Exit codes:
  0  exported    2  the log could not be read

Examples:
  portcullis audit export > audit.jsonl                           everything, one JSON object a line
  portcullis audit export --since 2027-01-01 --until 2027-04-01 --repository acme/gitops -o csv
  portcullis audit export -o opa-decisions                        verdicts as events of OPA's decision log
`;

/** Defines the commands about the audit log; `done` as in `program`. */
export function addAuditCommands(root: Command, done: (code: number) => void): void {
  const audit = root
    .command("audit")
    .description("check or export the server's audit log: what it allowed, by which rules, and who had a part in it")
    .helpCommand(false)
    .addHelpText("after", USAGE);
  audit
    .command("verify")
    .description("find rows of the audit log that were changed, removed or reordered")
    .argument("[file]", "an export as JSON lines in place of the database; - for stdin")
    .option("--head <hash>", "a hash that was kept elsewhere and must be in the log; repeatable", collect)
    .addHelpText("after", VERIFY_HELP)
    .action(async (file: string | undefined, options) =>
      done(
        file === undefined
          ? await (await import("./audit-command.ts")).auditVerifyCommand(options)
          : await (await import("./audit-file-command.ts")).auditVerifyFile(file, options),
      ),
    );
  audit
    .command("export")
    .description("print the rows of the audit log")
    .option("--since <time>", "rows from this day or time (UTC) on, such as 2027-01-31 or 2027-01-31T12:00:00Z")
    .option("--until <time>", "rows before this day or time")
    .option("--repository <owner/name>", "only rows about this repository, by its name at that time")
    .addOption(
      new Option("-o, --output <format>", "output format").choices(["json", "csv", "opa-decisions"]).default("json"),
    )
    .addHelpText("after", EXPORT_HELP)
    .action(async (options) => done(await (await import("./audit-command.ts")).auditExportCommand(options)));
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
