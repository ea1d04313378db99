import type { Config } from "../model/config.ts";
import type { Tree } from "../model/tree.ts";
import { policySources, type PolicyReading } from "./policy-sources.ts";
import type { ConfigSource } from "./read-config.ts";

/** Reads the policies of each entry of `documents:` from a tree, in their order. */
export async function documentSources(
  tree: Tree,
  { documents }: Pick<Config, "documents">,
  source?: ConfigSource,
): Promise<readonly PolicyReading[]> {
  return Promise.all(
    documents.map(({ policies, data, namespaces }, index) =>
      policySources(
        tree,
        { policies, data, at: `/documents/${index}`, ...(namespaces === undefined ? {} : { namespaces }) },
        source,
      ),
    ),
  );
}
