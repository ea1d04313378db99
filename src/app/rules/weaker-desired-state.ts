import { isDeepStrictEqual } from "node:util";
import type { Config, EnvironmentConfig } from "../../model/config.ts";
import type { Weakening } from "./found-weakening.ts";

/** What would no longer be judged, or be judged less strictly, after a change of the keys about desired state. */
export function weakerDesiredState(old: Config, next: Config): readonly Weakening[] {
  const found: Weakening[] = [];
  const tell = (at: readonly string[], ...sentences: readonly string[]): void => {
    found.push(...sentences.map((sentence) => ({ sentence, at })));
  };
  for (const [name, before] of Object.entries(old.environments)) {
    const after = next.environments[name];
    if (after === undefined) tell(["environments"], `removes the environment ${name}`);
    else found.push(...weakerEnvironment(name, before, after));
  }
  // What it holds was judged until now as everything without an environment is.
  const without = { paths: [], clusters: [], levels: {}, parameters: {}, ...versionOf(old) };
  for (const [name, after] of Object.entries(next.environments))
    if (!Object.hasOwn(old.environments, name)) found.push(...weakerEnvironment(name, without, after));
  tell(["apply"], ...weakerEntries(old.apply, next.apply));
  if (old.gaps !== "allow" && next.gaps === "allow") tell(["gaps"], "stops blocking what could not be rendered");
  if (old.schemas.enabled && !next.schemas.enabled) tell(["schemas"], "turns schema validation off");
  if (isOlder(next.schemas.kubernetes, old.schemas.kubernetes))
    tell(
      ["schemas", "kubernetes"],
      `validates against Kubernetes ${next.schemas.kubernetes ?? ""} instead of ${old.schemas.kubernetes ?? "the newest"}`,
    );
  tell(["repositories"], ...lost(old.repositories, next.repositories, "no longer recognises as this repository"));
  const names = (config: Config): readonly string[] => config.clusters.map(({ name }) => name);
  tell(["clusters"], ...lost(names(old), names(next), "no longer knows the cluster"));
  for (const { name, applicationSets: before } of old.clusters) {
    const index = next.clusters.findIndex((one) => one.name === name);
    const after = next.clusters[index]?.applicationSets;
    if (after === undefined) continue;
    const at = ["clusters", String(index), "applicationSets"];
    if (before === undefined) tell(at, `knows the cluster ${name} only in ${after.join(", ")}`);
    else tell(at, ...lost(before, after, `no longer knows the cluster ${name} in`));
  }
  if (old.helm.vendor !== undefined && next.helm.vendor === undefined)
    tell(["helm"], `no longer renders the charts under ${old.helm.vendor}`);
  found.push(...weakerRemotes(old.remotes, next.remotes));
  return found;
}

function versionOf({ schemas: { kubernetes } }: Config): Pick<EnvironmentConfig, "kubernetes"> {
  return kubernetes === undefined ? {} : { kubernetes };
}

/** More servers may be asked, others are, or none any more, so that what they have is not judged. */
function weakerRemotes(old: Config["remotes"], next: Config["remotes"]): readonly Weakening[] {
  const order = ["off", "known", "any"];
  const found: Weakening[] = [];
  const at = ["remotes", "fetch"];
  if (old.fetch !== "off" && next.fetch === "off")
    found.push({ sentence: "no longer fetches and judges what only servers have", at });
  if (order.indexOf(next.fetch) > order.indexOf(old.fetch))
    found.push({ sentence: `lets more be fetched: ${next.fetch} instead of ${old.fetch}`, at });
  next.allow.forEach((pattern, index) => {
    if (!old.allow.includes(pattern))
      found.push({ sentence: `lets more be fetched, from ${pattern}`, at: ["remotes", "allow", String(index)] });
  });
  for (const start of new Set([...Object.keys(old.mirrors), ...Object.keys(next.mirrors)])) {
    const [was = start, is = start] = [old.mirrors[start], next.mirrors[start]];
    if (was !== is)
      found.push({
        sentence: `fetches what is at ${start} from ${is} instead of ${was}`,
        at: ["remotes", "mirrors", start],
      });
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

function weakerEnvironment(name: string, before: EnvironmentConfig, after: EnvironmentConfig): readonly Weakening[] {
  const found: Weakening[] = [];
  const tell = (keys: readonly string[], ...sentences: readonly string[]): void => {
    found.push(...sentences.map((sentence) => ({ sentence, at: ["environments", name, ...keys] })));
  };
  tell(["paths"], ...lost(before.paths, after.paths, `removes from ${name} everything under`));
  tell(["clusters"], ...lost(before.clusters, after.clusters, `removes from ${name} the cluster`));
  if (isOlder(after.kubernetes, before.kubernetes))
    tell(
      ["kubernetes"],
      `validates ${name} against Kubernetes ${after.kubernetes ?? ""} instead of ${before.kubernetes ?? "the newest"}`,
    );
  // What a chart or a manifest is told of the cluster decides which objects are judged, in either direction.
  const served = ({ apiVersions = [] }: EnvironmentConfig): string => JSON.stringify(apiVersions.toSorted());
  if (served(before) !== served(after)) tell(["apiVersions"], `changes the API versions of ${name}`);
  const [old = {}, next = {}] = [before.substitutions, after.substitutions];
  for (const variable of new Set([...Object.keys(old), ...Object.keys(next)])) {
    if (old[variable] !== next[variable])
      tell(["substitutions", variable], `changes the variable ${variable} of ${name}`);
  }
  for (const policy of new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)])) {
    if (JSON.stringify(before.parameters[policy]) !== JSON.stringify(after.parameters[policy]))
      found.push({
        sentence: `changes the parameters of ${policy} in ${name}`,
        at: ["environments", name, "parameters", policy],
        policy,
      });
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
