import type { Owners } from "../../model/config.ts";
import { compilePathGlob } from "../../render/glob/path-glob.ts";
import type { OwnersOf } from "../impact.ts";

/** The id that stands for what concerns no single policy: the configuration, data, libraries. */
export const OF_RULES = "portcullis/rules";

/** The owners of a policy, or of what concerns no single one, whose text is in a file. Empty: the administrators of the repository. */
export type RulesOwners = (policy: string | undefined, path: string) => readonly string[];

const OWNER = /^@[^/\s]+(?:\/[^/\s]+)?$/;

/**
 * Who owns rules: as `owners:` says of the policy, where the last pattern that matches decides, else as CODEOWNERS says of
 * the file. An owner that is written as an address of mail is left out: GitHub does not tell whose it is.
 */
export function rulesOwners(owners: Owners, codeOwners: OwnersOf): RulesOwners {
  const rules = Object.entries(owners).flatMap(([pattern, named]) => {
    const matches = compilePathGlob(pattern);
    return matches === undefined ? [] : [{ matches, named }];
  });
  return (policy = OF_RULES, path) =>
    rules.findLast(({ matches }) => matches(policy))?.named ?? codeOwners(path).filter((owner) => OWNER.test(owner));
}
