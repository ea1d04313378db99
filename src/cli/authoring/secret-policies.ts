import { policySources } from "../../config/policy-sources.ts";
import type { PolicySources } from "../../model/policy.ts";
import { libraryTree } from "../../tree/library-tree.ts";
import { memoryTree } from "../../tree/memory-tree.ts";

/** The shipped policies that find secrets in plain sight. */
export async function secretPolicies(): Promise<PolicySources> {
  const selection = { policies: ["@portcullis/all"], data: [] };
  const { sources } = await policySources(memoryTree({}), selection, undefined, libraryTree());
  const files = sources.files.filter(({ path }) => /^@portcullis\/library\/(?:secrets|lib)\//.test(path));
  return { files, data: [], regoVersion: sources.regoVersion };
}
