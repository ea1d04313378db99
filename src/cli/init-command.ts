import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CONFIG_FILE, MISNAMED_CONFIG_FILE } from "../config/config-file.ts";
import { conventionalPolicies } from "../config/named-policies.ts";
import { suggestApply } from "../render/apply/suggest-apply.ts";
import { applyBlock } from "../report/graph/apply-block.ts";
import { clustersBlock } from "../report/graph/clusters-block.ts";
import { repositoryTop } from "../tree/repository-top.ts";
import { initialConfig } from "./authoring/initial-config.ts";
import { surveyOf } from "./authoring/survey.ts";
import { withDesiredState } from "./desired-subject.ts";
import { suggestedState } from "./graph-command.ts";
import { displayed } from "./paths.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis init`. */
export interface InitOptions {
  /** The settings that the configuration is made from. */
  readonly from?: "conftest";
}

/** Runs `portcullis init`: writes portcullis.yaml for what the working directory holds, if there is none. Returns the exit code. */
export async function initCommand({ from }: InitOptions): Promise<number> {
  const cwd = process.cwd();
  refuseExisting(cwd);
  if (from === "conftest") return (await import("./conftest/init.ts")).initFromConftest(cwd);
  const { text, found } = await withDesiredState([], { suggest: true, offline: true }, async (subject) => {
    const { tree, config, progress } = subject;
    const survey = await surveyOf(tree);
    const { state, clusters } = await suggestedState(subject);
    const policies = await conventionalPolicies(tree);
    const files = (await tree.list()).map(({ path }) => path);
    progress.clear();
    return {
      found: survey,
      text: initialConfig({
        survey,
        ...(policies === undefined ? {} : { policies }),
        hasFixtures: files.some((path) => /^polic(?:y|ies)\/(?:.*\/)?fixtures\//.test(path)),
        clusters: clustersBlock(clusters),
        apply: applyBlock(await suggestApply(tree, state, config)),
      }),
    };
  });
  writeFileSync(join(cwd, CONFIG_FILE), text, { flag: "wx" });
  const conftest = found.hasConftest
    ? "\nThere is a conftest.toml: init --from conftest writes the configuration from it (docs/conftest.md).\n"
    : "";
  const manifests = `${found.manifests} ${found.manifests === 1 ? "file" : "files"} with manifests`;
  process.stdout.write(`wrote ${CONFIG_FILE} (${manifests})
${conftest}
Next:
  portcullis check
  portcullis new policy workloads/owner
`);
  return 0;
}

/** A second configuration below another one would be refused by every other command. */
function refuseExisting(cwd: string): void {
  const top = repositoryTop(cwd) ?? cwd;
  for (let directory = cwd; ; directory = dirname(directory)) {
    for (const name of [CONFIG_FILE, MISNAMED_CONFIG_FILE]) {
      const file = join(directory, name);
      if (!existsSync(file)) continue;
      const shown = displayed(file, cwd);
      throw new UsageError(
        name === CONFIG_FILE
          ? `${shown} exists already, and nothing is overwritten`
          : `${shown}: the file is called ${CONFIG_FILE}: rename it`,
      );
    }
    if (directory === top || dirname(directory) === directory) return;
  }
}
