import { isDeepStrictEqual } from "node:util";
import type { Config, EnvironmentConfig } from "../../model/config.ts";

/**
 * Describes what would no longer be judged, or be judged less strictly, after a change of the keys about desired state,
 * one sentence each.
 */
export function weakerDesiredState(old: Config, next: Config): readonly string[] {
  const found: string[] = [];
  for (const [name, before] of Object.entries(old.environments)) {
    const after = next.environments[name];
    found.push(...(after === undefined ? [`removes the environment ${name}`] : weakerEnvironment(name, before, after)));
  }
  found.push(...weakerEntries(old.apply, next.apply));
  if (old.gaps !== "allow" && next.gaps === "allow") found.push("stops blocking what could not be rendered");
  if (old.schemas.enabled && !next.schemas.enabled) found.push("turns schema validation off");
  if (isOlder(next.schemas.kubernetes, old.schemas.kubernetes))
    found.push(
      `validates against Kubernetes ${next.schemas.kubernetes ?? ""} instead of ${old.schemas.kubernetes ?? "the newest"}`,
    );
  found.push(...lost(old.repositories, next.repositories, "no longer recognises as this repository"));
  const names = (config: Config): readonly string[] => config.clusters.map(({ name }) => name);
  found.push(...lost(names(old), names(next), "no longer knows the cluster"));
  for (const { name, applicationSets: before } of old.clusters) {
    const after = next.clusters.find((one) => one.name === name)?.applicationSets;
    if (after === undefined) continue;
    if (before === undefined) found.push(`knows the cluster ${name} only in ${after.join(", ")}`);
    else found.push(...lost(before, after, `no longer knows the cluster ${name} in`));
  }
  if (old.helm.vendor !== undefined && next.helm.vendor === undefined)
    found.push(`no longer renders the charts under ${old.helm.vendor}`);
  found.push(...weakerRemotes(old.remotes, next.remotes));
  return found;
}

/** More servers may be asked, others are, or none any more, so that what they have is not judged. */
function weakerRemotes(old: Config["remotes"], next: Config["remotes"]): readonly string[] {
  const order = ["off", "known", "any"];
  const found: string[] = [];
  if (old.fetch !== "off" && next.fetch === "off") found.push("no longer fetches and judges what only servers have");
  if (order.indexOf(next.fetch) > order.indexOf(old.fetch))
    found.push(`lets more be fetched: ${next.fetch} instead of ${old.fetch}`);
  found.push(...lost(next.allow, old.allow, "lets more be fetched, from"));
  for (const start of new Set([...Object.keys(old.mirrors), ...Object.keys(next.mirrors)])) {
    const [was = start, is = start] = [old.mirrors[start], next.mirrors[start]];
    if (was !== is) found.push(`fetches what is at ${start} from ${is} instead of ${was}`);
  }
  return found;
}

/** What `apply:` names decides what is judged at all, and each key of an entry how. */
function weakerEntries(old: Config["apply"], next: Config["apply"]): readonly string[] {
  if (next === undefined) return [];
  if (old === undefined) return ["judges only what apply names, and what GitOps objects among that lead to"];
  return old
    .filter((entry) => !next.some((other) => isDeepStrictEqual(other, entry)))
    .map(({ path, as }) =>
      next.some((entry) => entry.path === path && entry.as === as)
        ? `changes how ${path} is applied (${as})`
        : `no longer applies ${path} (${as})`,
    );
}

function weakerEnvironment(name: string, before: EnvironmentConfig, after: EnvironmentConfig): readonly string[] {
  const found = [
    ...lost(before.paths, after.paths, `removes from ${name} everything under`),
    ...lost(before.clusters, after.clusters, `removes from ${name} the cluster`),
  ];
  if (isOlder(after.kubernetes, before.kubernetes))
    found.push(
      `validates ${name} against Kubernetes ${after.kubernetes ?? ""} instead of ${before.kubernetes ?? "the newest"}`,
    );
  // What a chart or a manifest is told of the cluster decides which objects are judged, in either direction.
  const served = ({ apiVersions = [] }: EnvironmentConfig): string => JSON.stringify(apiVersions.toSorted());
  if (served(before) !== served(after)) found.push(`changes the API versions of ${name}`);
  const [old = {}, next = {}] = [before.substitutions, after.substitutions];
  for (const variable of new Set([...Object.keys(old), ...Object.keys(next)])) {
    if (old[variable] !== next[variable]) found.push(`changes the variable ${variable} of ${name}`);
  }
  for (const policy of new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)])) {
    if (JSON.stringify(before.parameters[policy]) !== JSON.stringify(after.parameters[policy]))
      found.push(`changes the parameters of ${policy} in ${name}`);
  }
  return found;
}

/**
 * Whether a Kubernetes version is older than another: older versions serve API versions that newer ones removed.
 * Undefined is the newest version.
 */
function isOlder(version: string | undefined, than: string | undefined): boolean {
  if (version === undefined) return false;
  if (than === undefined) return true;
  const minor = (one: string): number => Number(one.split(".")[1]);
  return minor(version) < minor(than);
}

/** One sentence for each item of `from` that `to` does not contain. */
export function lost(from: readonly string[], to: readonly string[], sentence: string): readonly string[] {
  return from.filter((item) => !to.includes(item)).map((item) => `${sentence} ${item}`);
}
