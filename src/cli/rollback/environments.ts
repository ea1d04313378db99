import { hasObjects, type EnvironmentName, type TreeState } from "../../gate/rollback/environment-states.ts";
import { nearEnvironment } from "../../gate/rollback/near-environment.ts";
import { UsageError } from "../usage-error.ts";

/** What lands in no environment that has a name, on the command line. */
const UNNAMED = ".";

/** The environments of a tree, sorted; undefined last, where objects land in none that has a name. */
export async function environmentsIn(state: TreeState): Promise<readonly EnvironmentName[]> {
  const named = [...state.origins.keys()].filter((name) => name !== undefined).toSorted();
  return (await hasObjects(state, undefined)) ? [...named, undefined] : named;
}

/** The environment that the command line means, or all of them. */
export function chosen(
  named: string | undefined,
  environments: readonly EnvironmentName[],
  { to }: { readonly to?: string },
): "all" | { readonly name: EnvironmentName } {
  if (environments.length === 0)
    throw new UsageError("the tree has no Kubernetes objects: there is no state to go back to");
  const isOnlyOne = environments.length === 1 && environments[0] === undefined;
  if (named === undefined) {
    if (isOnlyOne) return { name: undefined };
    if (to !== undefined) throw new UsageError(`--to needs an environment: ${shownNames(environments)}`);
    return "all";
  }
  const name = named === UNNAMED ? undefined : named;
  if (environments.includes(name)) return { name };
  if (isOnlyOne)
    throw new UsageError(`${named}: nothing names environments here; leave it out for all that the tree has`);
  const near = nearEnvironment(named, environments);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError(`there is no environment ${named}: expected one of ${shownNames(environments)}${hint}`);
}

function shownNames(environments: readonly EnvironmentName[]): string {
  return environments.map((name) => name ?? `${UNNAMED} (what lands in none of these)`).join(", ");
}
