import { Command, Option } from "commander";
import { addOutput } from "./outputs.ts";
import { DOCTOR_HELP } from "./doctor-help.ts";
import { LINT_HELP } from "./lint-help.ts";
import { addConftestOptions, addVerifyOptions } from "./conftest/options.ts";
import { addComplianceCommand } from "./compliance-commands.ts";
import { addAuditCommands } from "./audit-commands.ts";
import { skippingTools } from "../gate/waivers/skips/check-policies.ts";
import { addPolicyCommands } from "./policy-commands.ts";
import { addRollbackCommand } from "./rollback-commands.ts";
import { addWaiveCommand } from "./waive-commands.ts";
import { CHECK_HELP, EXPLAIN_HELP, IMPACT_HELP, RENDER_HELP } from "./command-help.ts";
import { SERVE_HELP } from "./serve-help.ts";
import { TEST_HELP } from "./test-help.ts";
import { SETUP_HELP } from "./setup-help.ts";
import { addVerifyCommands } from "./verify-commands.ts";

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

  const checking = root
    .command("check")
    .description("judge files and directories as they are, or a change (with --base)")
    .argument("[path...]", "files and directories (default: those in the configuration, or .)")
    .option("--base <ref>", "judge the change from this commit: findings are introduced, existing or fixed")
    .option("--head <ref>", "to this commit (default: HEAD)")
    .option("--repo <dir>", "the Git repository (default: .)")
    .option(
      "-p, --policy <path>",
      "file or directory with Rego, Gatekeeper templates and constraints or ValidatingAdmissionPolicies, or profile such as @portcullis/cis; repeatable (default: those in the configuration, else ./policies or ./policy, else the shipped library)",
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
    .option("--combine", "policies get all manifests of an environment at once, as conftest --combine gives them")
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
    .option(
      "--diff",
      "with --base: show what the change does to each manifest, as it will be applied; with --fix: same as --dry-run",
    )
    .option("--fix", "fix what a policy declares a fix for, where judging again confirms it, then judge the result")
    .option("--dry-run", "with --fix: write nothing, and print the fixes as a unified diff")
    .option("--show-all", "list existing findings and skipped files in full")
    .option(
      "--trace",
      "show on stderr, for each policy and manifest, which conditions of its rules held and which failed",
    )
    .option("--record <dir>", "write what is judged as a scenario of portcullis test: scenarios/NAME beside policies");
  addConftestOptions(checking)
    .addHelpText("after", CHECK_HELP)
    .action(async (paths: string[], options) =>
      done(
        options.record !== undefined
          ? await (await import("./record-command.ts")).recordedCheck(paths, options)
          : options.trace === true && options.compat === undefined
            ? await (await import("./trace-command.ts")).tracedCheck(paths, options)
            : await (await import("./check-command.ts")).checkCommand(paths, options),
      ),
    );

  const testing = root
    .command("test")
    .description("run policy tests: *_test.rego, and the fixtures and scenarios next to the policies")
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
    .option("--coverage", "list the lines that no test reached, and the rule bodies that never held")
    .option("--coverage-lcov <file>", "write coverage to this file as an lcov tracefile; implies --coverage")
    .option("--coverage-html <file>", "write coverage to this file as a page with the sources; implies --coverage")
    .option("--threshold <percent>", "fail below this coverage; implies --coverage")
    .option("--threshold-per-policy <percent>", "fail where any file is below this coverage; implies --coverage")
    .option("--update", "write what scenarios give as what they expect")
    .option("--from <finding>", "write a rejected fixture and a test of a finding: its fingerprint, or FILE:LINE")
    .option("--watch", "run again whenever a file changes")
    .addOption(
      new Option("-o, --output <format>", "result format")
        .choices(["pretty", "json", "junit", "tap"])
        .default("pretty"),
    );
  addVerifyOptions(testing)
    .addHelpText("after", TEST_HELP)
    .action(async (paths: string[], options) =>
      done(
        options.from === undefined
          ? await (await import("./test-command.ts")).testCommand(paths, options)
          : await (await import("./from-finding-command.ts")).fromFindingCommand(paths, options),
      ),
    );

  root
    .command("new")
    .description("write a new policy that passes its tests: rule, tests, fixtures and page")
    .argument("<what>", "policy")
    .argument("<id>", "category/name in lower case, such as workloads/owner")
    .option("--kind <kind>", "the kind that its first rule is about", "Deployment")
    .option("--title <text>", "its title, which every finding shows")
    .option("--dir <directory>", "the directory of policies (default: the configuration's, else policies/ or policy/)")
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)")
    .action(async (what: string, id: string, options) =>
      done(await (await import("./new-command.ts")).newCommand(what, id, options)),
    );

  root
    .command("init")
    .description("write portcullis.yaml for what is in this directory, with a comment for each key")
    .addOption(
      new Option(
        "--from <tool>",
        "write it from the settings of conftest; or write waivers from what another tool is told to skip",
      ).choices(["conftest", ...skippingTools]),
    )
    .action(async ({ from }) =>
      done(
        from === undefined || from === "conftest"
          ? await (await import("./init-command.ts")).initCommand(from === undefined ? {} : { from })
          : await (await import("./convert-skips-command.ts")).convertSkipsCommand(from),
      ),
    );

  addComplianceCommand(root, done);

  root
    .command("impact")
    .description("compare what the old and the new rules find in the whole desired state")
    .requiredOption("--base <ref>", "the commit with the old rules")
    .option("--head <ref>", "the commit with the new rules and the desired state (default: the files on disk)")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .addOption(
      new Option("--fail-on <which>", "exit with 1 where results are newly denied, no longer denied, or differ at all")
        .choices(["denied", "allowed", "any", "never"])
        .default("never"),
    )
    .addOption(
      new Option("-o, --output <format>", "output format").choices(["pretty", "json", "markdown"]).default("pretty"),
    )
    .option("--show-all", "list every result that differs")
    .addHelpText("after", IMPACT_HELP)
    .action(async (options) => done(await (await import("./impact-command.ts")).impactCommand(options)));

  addPolicyCommands(root, done);

  root
    .command("update")
    .description("renew the digests and commits of the policies that portcullis.yaml names elsewhere")
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)")
    .option("--check", "write nothing; exit code 1 if anything is newer")
    .action(async (options) => done(await (await import("./update-command.ts")).updateCommand(options)));

  root
    .command("lint")
    .description("find what compiles and does not do what the author of a policy means")
    .argument(
      "[path...]",
      "policy files and directories (default: those in the configuration, else ./policies or ./policy)",
    )
    .option("--fix", "rewrite what can be mended without asking: layout, unused imports, ids")
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)")
    .addOption(
      new Option("-o, --output <format>", "result format")
        .choices(["pretty", "json", "sarif", "github"])
        .default("pretty"),
    )
    .addHelpText("after", LINT_HELP)
    .action(async (paths: string[], options) =>
      done(await (await import("./lint-command.ts")).lintCommand(paths, options)),
    );

  root
    .command("explain")
    .description("explain a policy, a finding, or why a policy has no finding for a manifest")
    .argument("[target]", "a policy, the fingerprint of a finding, or its PATH:LINE (default: list the policies)")
    .argument("[manifest]", "with a policy: the file, or FILE:LINE, for which its rules are explained")
    .option("--base <ref>", "the finding is one of the change from this commit")
    .option("--head <ref>", "to this commit (default: HEAD)")
    .option("--report <file>", "the finding is one of this report (check -o json)")
    .option("-p, --policy <path>", "Rego file or directory; repeatable (default: as in check)", collect)
    .option("-d, --data <path>", "JSON or YAML that policies see as data; repeatable", collect)
    .addOption(
      new Option("--rego-version <version>", "Rego version of files that do not declare one")
        .choices(["v0", "v1"])
        .default("v1"),
    )
    .option("-c, --config <file>", "configuration (default: portcullis.yaml)")
    .option("--offline", "fetch nothing from servers: use what was fetched before")
    .addHelpText("after", EXPLAIN_HELP)
    .action(async (target: string | undefined, manifest: string | undefined, options) =>
      done(await (await import("./explain-command.ts")).explainCommand(target, manifest, options)),
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

  addVerifyCommands(root, done);

  root
    .command("setup")
    .description("register the GitHub App in a browser, and write its credentials to files")
    .option("--url <url>", "where GitHub will reach the server, such as https://HOST (default: $PUBLIC_URL)")
    .option("--org <name>", "the organisation that the App belongs to (default: your own account)")
    .option("--github-url <url>", "GitHub Enterprise Server: https://HOST", "https://github.com")
    .option("--name <name>", "the App's name, which no other may have (default: portcullis-ORG)")
    .option("--file <path>", "where to write the settings; the private key is written beside it", "portcullis.env")
    .option("--force", "overwrite these files")
    .option("--port <port>", "the port on this machine that the browser comes back to (default: any)", "0")
    .option("--timeout <minutes>", "how long to wait for you", "30")
    .option("--no-open", "open no browser: only print the address")
    .addHelpText("after", SETUP_HELP)
    .action(async (options) => done(await (await import("./setup-command.ts")).setupCommand(options)));

  root
    .command("doctor")
    .description("examine an installation of the GitHub App: what is wrong with it, and what to do about it")
    .argument("[repository...]", "examine these, as OWNER/NAME (default: all that the App is installed on)")
    .option("--ping", "also send a signed ping to the webhook's URL, from here")
    .addOption(new Option("-o, --output <format>", "output format").choices(["pretty", "json"]).default("pretty"))
    .addHelpText("after", DOCTOR_HELP)
    .action(async (repositories: string[], options) =>
      done(await (await import("./doctor-command.ts")).doctorCommand(repositories, options)),
    );

  addWaiveCommand(root, done);

  addRollbackCommand(root, done);

  addAuditCommands(root, done);

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
