import { Command, Option } from "commander";
import { addOutput } from "./outputs.ts";
import { SERVE_HELP } from "./serve-help.ts";

const CHECK_HELP = `
Exit codes:
  0  compliant
  1  not compliant
  2  could not be judged: bad usage, unreadable configuration or manifest, a policy that does not compile, nothing to judge

Examples:
  portcullis check                           judge what portcullis.yaml lists, or everything here
  portcullis check deploy/ -p policy/        judge a directory with your own policies
  portcullis check --base origin/main        judge the changes on your branch; only findings they introduce block
  portcullis check --base origin/main -o markdown >> "$GITHUB_STEP_SUMMARY"
`;

const TEST_HELP = `
What runs:
  *_test.rego                                rules named test_…, as opa test runs them
  fixtures/accepted-*, fixtures/rejected-*   YAML files or directories next to a policy. An accepted fixture must give
                                             no finding of that policy, a rejected one at least one. If lines of a
                                             rejected fixture end in "# finding", findings must be on exactly those lines.

Exit codes:
  0  all passed    1  a test failed, or coverage is below the threshold    2  the tests could not be run
`;

const RENDER_HELP = `
A Kustomize root is printed byte for byte as kustomize build prints it. Several sources are printed as one YAML stream.

Exit codes:
  0  rendered    2  a source could not be rendered, or no source has this name

Examples:
  portcullis render overlays/production | kubectl apply --server-side -f -
  portcullis render "Application argocd/web"
`;

const VERIFY_HELP = `
Looks for a completed check run of the App for exactly the tree of this commit: on the commit itself (merge queue, test
merge), and on the heads of the pull requests it came from (merge, squash, rebase). The name of a check proves nothing,
because any workflow can create one: only checks of the App with this id count.

Environment:
  GITHUB_TOKEN        a token that can read checks, contents and pull requests of the repository
  GITHUB_API_URL      default https://api.github.com

Exit codes:
  0  judged and passed    1  judged and not passed    2  not judged, still being judged, or could not be determined
`;

/**
 * Defines the command line. `done` is called with the exit code of the command that ran. The code of a command is
 * loaded when it runs.
 */
export function program(done: (code: number) => void): Command {
  const root = new Command("portcullis")
    .description("Judges Kubernetes manifests with Rego policies, and blocks a change for the findings it introduces.")
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError("Run with --help for usage.")
    .addHelpText("after", "\nRun portcullis COMMAND --help for details.")
    .option("-V, --version", "print the version");

  root
    .command("check")
    .description("judge files and directories as they are, or a change (with --base)")
    .argument("[path...]", "files and directories (default: those in the configuration, or .)")
    .option("--base <ref>", "judge the change from this commit: findings are introduced, existing or fixed")
    .option("--head <ref>", "to this commit (default: HEAD)")
    .option("--repo <dir>", "the Git repository (default: .)")
    .option(
      "-p, --policy <path>",
      "Rego file or directory; repeatable (default: those in the configuration, else ./policies or ./policy, else the shipped library)",
      collect,
    )
    .option("-d, --data <path>", "JSON or YAML that policies see as data; repeatable", collect)
    .option(
      "-n, --namespace <name>",
      "Rego package to run; repeatable (default: main and every package with METADATA)",
      collect,
    )
    .option("--all-namespaces", "run every package that has a deny, violation or warn rule")
    .addOption(
      new Option("--rego-version <version>", "Rego version of files that do not declare one")
        .choices(["v0", "v1"])
        .default("v1"),
    )
    .option("-c, --config <file>", "configuration (default: portcullis.yaml; with --base, the one in the base commit)")
    .addOption(
      new Option(
        "-o, --output <format>",
        "report format: pretty (default), json, sarif, junit, tap, github, codequality, markdown. FORMAT=FILE writes to a file; repeatable",
      ).argParser(addOutput),
    )
    .option("--output-file <path>", "write the report to this file instead of stdout")
    .addOption(
      new Option("--fail-on <level>", "lowest level that blocks; findings and problems are reported all the same")
        .choices(["deny", "warn", "never"])
        .default("deny"),
    )
    .addOption(
      new Option(
        "--block <which>",
        "with --base: which findings block (default: the configuration's setting, or introduced)",
      ).choices(["introduced", "all"]),
    )
    .option("--deadline <seconds>", "the time that the whole judgement may take (default: 300)")
    .option("--now <time>", "the time that policies see, e.g. 2027-01-31T12:00:00Z (default: the current time)")
    .option("--allow-empty", "succeed when there is nothing to judge")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .option("--remotes <report>", "use what this report (-o json) lists as fetched, so that it is repeated exactly")
    .option("--no-schemas", "do not validate manifests against Kubernetes' schemas and the CRDs in the tree")
    .option("--no-cache", "judge everything anew, and keep nothing for the next run")
    .option("--threads <count>", "threads that judge many files at once (default: one for each core, at most 8)")
    .option("--diff", "with --base: show what the change does to each manifest, as it will be applied")
    .option("--show-all", "list existing findings and skipped files in full")
    .addHelpText("after", CHECK_HELP)
    .action(async (paths: string[], options) =>
      done(await (await import("./check-command.ts")).checkCommand(paths, options)),
    );

  root
    .command("test")
    .description("run policy tests: *_test.rego, and the fixtures next to the policies")
    .argument(
      "[path...]",
      "policy files and directories (default: those in the configuration, else ./policies or ./policy)",
    )
    .option("-p, --policy <path>", "more policies that the tested ones need; repeatable", collect)
    .option("-d, --data <path>", "JSON or YAML that policies see as data; repeatable", collect)
    .addOption(
      new Option("--rego-version <version>", "Rego version of files that do not declare one")
        .choices(["v0", "v1"])
        .default("v1"),
    )
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)")
    .option("--run <regex>", "run only tests whose name matches")
    .option("--coverage", "list the lines that no test reached")
    .option("--threshold <percent>", "fail below this coverage; implies --coverage")
    .option("--watch", "run again whenever a file changes")
    .addOption(
      new Option("-o, --output <format>", "result format")
        .choices(["pretty", "json", "junit", "tap"])
        .default("pretty"),
    )
    .addHelpText("after", TEST_HELP)
    .action(async (paths: string[], options) =>
      done(await (await import("./test-command.ts")).testCommand(paths, options)),
    );

  root
    .command("fmt")
    .description("format Rego files as opa fmt does")
    .argument("<path...>", "Rego files and directories")
    .option("--write", "rewrite the files")
    .option("--check", "list the files that are not formatted; exit code 1 if there are any")
    .addOption(
      new Option("--rego-version <version>", "Rego version of files that do not declare one")
        .choices(["v0", "v1"])
        .default("v1"),
    )
    .action(async (paths: string[], options) =>
      done(await (await import("./fmt-command.ts")).fmtCommand(paths, options)),
    );

  root
    .command("render")
    .description("print the manifests that sources yield, exactly as they are judged")
    .argument(
      "[source...]",
      "sources, by the names that `portcullis graph` prints or by directory (default: everything)",
    )
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .addHelpText("after", RENDER_HELP)
    .action(async (sources: string[], options) =>
      done(await (await import("./render-command.ts")).renderCommand(sources, options)),
    );

  root
    .command("fetch")
    .description("fetch what the tree refers to on servers, for runs with --offline, and list it")
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)")
    .action(async (options) => done(await (await import("./fetch-command.ts")).fetchCommand(options)));

  root
    .command("vendor")
    .description("copy the charts that the tree takes from registries into `helm.vendor`, with a lock")
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .action(async (options) => done(await (await import("./vendor-command.ts")).vendorCommand(options)));

  root
    .command("graph")
    .description("show the sources, what each reads and where it lands, and what is not rendered and why")
    .argument("[path...]", "files and directories (default: those in the configuration, or .)")
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .addOption(
      new Option("-o, --output <format>", "output format").choices(["text", "json", "mermaid"]).default("text"),
    )
    .option("--suggest", "print the `clusters:` and the `apply:` that portcullis.yaml can have for this tree")
    .action(async (paths: string[], options) =>
      done(await (await import("./graph-command.ts")).graphCommand(paths, options)),
    );

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
    .addHelpText("after", VERIFY_HELP)
    .action(async (options) => done(await (await import("./verify-command.ts")).verifyCommand(options)));

  root
    .command("serve")
    .description("run the GitHub App")
    .addHelpText("after", SERVE_HELP)
    .action(async () => done(await (await import("./serve-command.ts")).serveCommand()));

  return root;
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
