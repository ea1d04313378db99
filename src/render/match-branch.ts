import type { GatedBranches } from "../model/config.ts";
import { compilePathGlob } from "./glob/path-glob.ts";

/** Whether an entry of `branches:` names a branch or matches its name. */
export function matchesBranch({ branch, check }: GatedBranches, name: string): boolean {
  return branch === name || (check === undefined && compilePathGlob(branch)?.(name) === true);
}
