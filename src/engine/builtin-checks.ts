import { rulesPolicy } from "../cel/rules-policy.ts";
import { configProblem } from "../config/config-problem.ts";
import type { ConfigSource } from "../config/read-config.ts";
import { createDangers } from "../gate/dangers/create-dangers.ts";
import { createRemoteCheck } from "../gate/remotes/unknown-remotes.ts";
import type { BuiltinCheck } from "../model/builtin-check.ts";
import type { Config } from "../model/config.ts";
import type { Problem } from "../model/problem.ts";
import { projectPolicy } from "../render/argocd/project-violation.ts";
import { sourcePolicies } from "../render/source-violations.ts";
import { openSchemaBundle } from "../schema-bundle/open-bundle.ts";
import { createSchemaCheck } from "../schema/schema-check.ts";
import { unknownVersions } from "../schema/versions.ts";

/** The policies without Rego that a configuration enables, and the problems of its settings for them. */
export interface BuiltinChecks {
  readonly builtins: readonly BuiltinCheck[];
  readonly problems: readonly Problem[];
}

const known = new WeakMap<Config, BuiltinChecks>();

/** Creates every policy that ships without Rego. Cached by configuration. */
export function builtinChecks(config: Config, source: ConfigSource | undefined): BuiltinChecks {
  const made = known.get(config) ?? make(config, source);
  known.set(config, made);
  return made;
}

/** What is wrong is found while rendering; this only contributes the documentation. */
const tools: BuiltinCheck = { policies: [projectPolicy, ...Object.values(sourcePolicies)], digest: "tools" };

/** The judge for CEL finds what breaks rules; this only contributes the documentation. */
const rules: BuiltinCheck = { policies: [rulesPolicy], digest: "rules" };

function make(config: Config, source: ConfigSource | undefined): BuiltinChecks {
  const always = [tools, createDangers(config), createRemoteCheck()];
  if (!config.schemas.enabled) return { builtins: always, problems: [] };
  const schemas = openSchemaBundle();
  return {
    builtins: [...always, createSchemaCheck(schemas, config), rules],
    problems: unknownVersions(config, schemas.versions).map(({ pointer, message }) =>
      configProblem(source, pointer, message),
    ),
  };
}
