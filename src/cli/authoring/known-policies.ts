import { documentSources } from "../../config/document-sources.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import { openJudge } from "../../engine/open-judge.ts";
import type { Judge } from "../../model/judge.ts";
import type { Policy, PolicyObject, PolicySources } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import { findPolicyId } from "../../rego/explain/find-policy.ts";
import { placeOf } from "../../report/wording.ts";
import { configurationHere } from "../read-configuration.ts";
import { readPolicies, type ConfigInForce, type PolicyOptions } from "../read-policies.ts";
import { UsageError } from "../usage-error.ts";

/** One set of policies that is evaluated together, opened. */
export interface OpenSet {
  readonly sources: PolicySources;
  readonly judge: Judge;
}

/** The policies of the configuration in force. */
export interface KnownPolicies {
  readonly inForce: ConfigInForce;
  /** Those that judge manifests, then those of each entry of `documents:`. */
  readonly sets: readonly OpenSet[];
  readonly builtins: readonly Policy[];
  /** What keeps policies from being known. */
  readonly problems: readonly Problem[];
  close(): Promise<void>;
}

/** Opens the policies of the configuration in force. The caller must close them. */
export async function openKnownPolicies(options: PolicyOptions & { readonly config?: string }): Promise<KnownPolicies> {
  const cwd = process.cwd();
  const inForce = await configurationHere(options.config, cwd, options);
  const { config, source, tree } = inForce;
  const read = await readPolicies(options, inForce, cwd, (line) => void process.stderr.write(`portcullis: ${line}\n`));
  const readings = [read, ...(await documentSources(tree, config, source))];
  const now = new Date().toISOString();
  const sets: OpenSet[] = [];
  const close = async (): Promise<void> => void (await Promise.all(sets.map(({ judge }) => judge.close())));
  try {
    for (const { sources } of readings) sets.push({ sources, judge: await openJudge(sources, now) });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    inForce,
    sets,
    builtins: builtinChecks(config, source).builtins.flatMap((one) => one.policies),
    problems: [
      ...readings.flatMap(({ problems, refused }) => [...problems, ...refused]),
      ...sets.flatMap(({ judge }) => judge.problems),
    ],
    close,
  };
}

/** The id that a person means. Where there is none of this name, an error says what kept policies from being known. */
export function knownId(given: string, ids: readonly string[], problems: readonly Problem[]): string {
  const found = findPolicyId(given, ids);
  if (found.kind === "found") return found.id;
  const [first, ...others] = new Set(problems.map(inWords));
  if (first === undefined) throw new UsageError(found.message);
  const more = others.length === 0 ? "" : `; and ${others.length} more, which portcullis check shows`;
  throw new UsageError(`${found.message}. Some policies cannot be used: ${first}${more}`);
}

/** A problem on one line, with its place. */
export function inWords(problem: Problem): string {
  const place = placeOf(problem);
  return place === "" ? problem.message : `${place}: ${problem.message}`;
}

/** The constraint or admission policy that a policy was made from; undefined where it was made from something else. */
export function declaredIn(id: string, sets: readonly PolicySources[]): PolicyObject | undefined {
  return sets
    .flatMap(({ objects = [] }) => objects)
    .find(({ value: { kind, metadata } }) => {
      const name =
        typeof metadata === "object" && metadata !== null && "name" in metadata ? metadata["name"] : undefined;
      return typeof kind === "string" && typeof name === "string" && `${kind.toLowerCase()}/${name}` === id;
    });
}
