import { join } from "node:path";
import { CLUSTER, conventionalPolicies } from "../../config/named-policies.ts";
import type { PolicyReading, PolicySelection } from "../../config/policy-sources.ts";
import { policySources } from "../../config/policy-sources.ts";
import { isProfile } from "../../config/profiles.ts";
import { libraryTree } from "../../tree/library-tree.ts";
import type { ConfigInForce } from "../read-policies.ts";
import { UsageError } from "../usage-error.ts";

/**
 * What the policies under test need besides themselves: the data of the configuration, and the library, whose own tests
 * are not run.
 */
export async function besideTested(
  { config, source, tree }: ConfigInForce,
  scope: Pick<PolicySelection, "namespaces" | "regoVersion">,
): Promise<PolicyReading> {
  const policies = config.policies.filter(isProfile);
  return policySources(tree, { policies, data: config.data, ...scope }, source, libraryTree());
}

/** The paths of the policies to test: the named ones, else those of the configuration, else ./policies or ./policy. */
export async function policiesUnderTest(
  named: readonly string[],
  { config, source, tree }: ConfigInForce,
): Promise<readonly string[]> {
  if (named.length > 0) return named;
  if (config.policies.length > 0)
    return config.policies.filter((path) => !isProfile(path) && path !== CLUSTER).map((path) => join(tree.name, path));
  const why = source === undefined ? "no portcullis.yaml" : `${source.path} lists no policies`;
  const found = await conventionalPolicies(tree);
  if (found === undefined)
    throw new UsageError(`${why}, and neither policies/ nor policy/ contains policies: name the policies to test`);
  process.stderr.write(`portcullis: ${why}: testing the policies in ${found}/\n`);
  return [found];
}
