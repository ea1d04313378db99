import { Option, type Command } from "commander";

const VERIFY_HELP = `
Looks for a completed check run of the App for exactly the tree of this commit: on the commit itself (merge queue, test
merge), and on the heads of the pull requests it came from (merge, squash, rebase). The name of a check proves nothing,
because any workflow can create one: only checks of the App with this id count.

With --evidence GitHub is not asked. The signature of the evidence must be by one of the keys, and it must be about this
commit; with --repository (or $GITHUB_REPOSITORY) and --branch also about these.

Environment:
  GITHUB_TOKEN        a token that can read checks, contents and pull requests of the repository
  GITHUB_API_URL      default https://api.github.com

Exit codes:
  0  judged and passed    1  judged and not passed    2  not judged, still being judged, or could not be determined

Examples:
  portcullis verify --commit "$GITHUB_SHA" --app-id 12345
  portcullis evidence --commit "$GITHUB_SHA" > evidence.json
  portcullis verify --commit "$GITHUB_SHA" --evidence evidence.json --key evidence.pub.pem
`;

const EVIDENCE_HELP = `
The server that runs with EVIDENCE_KEY_PATH or EVIDENCE_SIGNER adds the statement about a merged commit to the check that
was about its tree. What is printed is a DSSE envelope; portcullis verify --evidence checks it, and so do other tools.

Environment:
  GITHUB_TOKEN        a token that can read checks and pull requests of the repository
  GITHUB_API_URL      default https://api.github.com

Exit codes:
  0  printed    2  there is none, or it could not be determined
`;

/** Defines the commands about what was merged; `done` as in `program`. */
export function addVerifyCommands(root: Command, done: (code: number) => void): void {
  root
    .command("verify")
    .description("ask GitHub whether exactly this commit's tree was judged and passed, before a pipeline applies it")
    .requiredOption("--commit <sha>", "the commit, such as $GITHUB_SHA")
    .option("--repository <owner/name>", "the repository (default: $GITHUB_REPOSITORY)")
    .option("--app-id <id>", "the App whose check counts (default: $PORTCULLIS_APP_ID)")
    .option(
      "--check <name>",
      'the check that counts: of a branch other than the default one, "portcullis: BRANCH"',
      "portcullis",
    )
    .option("--evidence <file>", "ask this signed statement in place of GitHub; - for stdin")
    .option("--key <file>", "with --evidence: a public key in PEM format; repeatable, any of them counts", collect)
    .option("--branch <name>", "with --evidence: the branch that the commit was merged into")
    .addHelpText("after", VERIFY_HELP)
    .action(async (options) =>
      done(
        options.evidence === undefined
          ? await (await import("./verify-command.ts")).verifyCommand(options)
          : await (await import("./verify-evidence.ts")).verifyEvidence(options),
      ),
    );
  root
    .command("evidence")
    .description("print the signed statement about a merged commit")
    .requiredOption("--commit <sha>", "the commit on its branch, such as $GITHUB_SHA")
    .option("--repository <owner/name>", "the repository (default: $GITHUB_REPOSITORY)")
    .option("--app-id <id>", "the App whose check counts (default: $PORTCULLIS_APP_ID)")
    .addOption(
      new Option("-o, --output <format>", "as a DSSE envelope, or as a bundle of Sigstore that has one")
        .choices(["envelope", "bundle"])
        .default("envelope"),
    )
    .addHelpText("after", EVIDENCE_HELP)
    .action(async (options) => done(await (await import("./verify-command.ts")).evidenceCommand(options)));
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
