import { nearName } from "../../manifest/near-name.ts";
import type { EnvironmentName } from "./environment-states.ts";

/** The environment whose name is like a mistyped one; undefined where none is. */
export function nearEnvironment(name: string, environments: readonly EnvironmentName[]): string | undefined {
  return nearName(
    name,
    environments.filter((one) => one !== undefined),
  );
}
