import type { JsonObject } from "../../model/json.ts";
import type { FieldRead, ParametersRead, PolicyWarning } from "../../model/judge.ts";
import type { PolicySources } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { Compiled } from "../compile-sources.ts";
import { isCombined } from "../combined-sources.ts";
import type { RuleFacts } from "../policies.ts";
import { readModule } from "../reading/module.ts";
import { reachIn } from "../reading/reach.ts";
import { fieldsRead } from "../reading/fields-read.ts";
import { constantProblem, constantRules } from "./constants.ts";
import { otherInputs } from "./input-shape.ts";
import { unknownKeys } from "./metadata-keys.ts";
import { readParameterSchemas, type ParameterSchemas } from "./parameter-schemas.ts";
import { parametersRead, unreadParameters, wrongParameters } from "./parameters.ts";
import { unchosenPackages } from "./unchosen-packages.ts";
import { unknownData } from "./unknown-data.ts";

/** What of a policy set that compiles can never judge a manifest, or probably not as it was meant. */
export interface Unfit {
  readonly problems: readonly Problem[];
  readonly warnings: readonly PolicyWarning[];
  readonly fieldsRead: readonly FieldRead[];
  readonly parametersRead?: ParametersRead;
  readonly parameterSchemas?: ParameterSchemas;
  /** The indices of rules whose values are not to be read. */
  readonly unusable: ReadonlySet<number>;
}

/** Of a policy set in which nothing was looked for. */
export const nothingUnfit: Unfit = { problems: [], warnings: [], fieldsRead: [], unusable: new Set() };

/** Finds what has no effect. A set with errors has only those: what depends on a missing module is not known. */
export function findUnfit(
  sources: PolicySources,
  data: JsonObject,
  rules: readonly RuleFacts[],
  { answer }: Compiled,
): Unfit {
  if (answer === undefined || answer.errors.length > 0) return nothingUnfit;
  const modules = sources.files.map(readModule);
  const reach = reachIn(modules);
  const constants = constantRules(rules, reach);
  const unchosen = sources.namespaces === undefined ? unchosenPackages(modules, rules, reach) : [];
  const read = parametersRead(modules);
  const ids = new Set(rules.map(({ policy }) => policy));
  const described = readParameterSchemas(rules);
  return {
    problems: [
      ...constants.map(constantProblem),
      ...otherInputs(rules, reach, isCombined(sources)),
      ...unchosen,
      ...unreadParameters(sources.data, read, ids),
      ...described.problems,
      ...wrongParameters(sources.data, described.schemas),
    ],
    warnings: [...unknownData(modules, data), ...unknownKeys(sources.files, rules)],
    fieldsRead: fieldsRead(modules),
    parametersRead: read,
    parameterSchemas: described.schemas,
    unusable: new Set(constants.map(({ index }) => index)),
  };
}
