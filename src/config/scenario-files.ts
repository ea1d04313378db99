/**
 * Whether a file belongs to a repository that a scenario holds (`scenarios/NAME/head/`, `scenarios/NAME/base/`) below a
 * written path of policies: it is what policies are tested on, and never a policy, data or a test itself.
 */
export function isOfScenario(path: string, written = ""): boolean {
  return /(?:^|\/)scenarios\/[^/]+\/(?:base|head|expected\.json)(?:\/|$)/.test(path.slice(written.length));
}
