import type { PolicySources } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { PolicyFile } from "../model/policy.ts";
import type { Tree } from "../model/tree.ts";
import type { ConfigSource } from "./read-config.ts";

/** Which files make a policy set. Paths are files or directories of the tree. */
export interface PolicySelection {
  readonly policies: readonly string[];
  readonly data: readonly string[];
  readonly namespaces?: readonly string[] | "*";
  /** Default v1. */
  readonly regoVersion?: "v0" | "v1";
}

/** The files a policy set is compiled from, its tests apart, and what could not be found or read. */
export interface PolicyReading {
  readonly sources: PolicySources;
  /** `*_test.rego`: compiled by `test` only. */
  readonly tests: readonly PolicyFile[];
  readonly problems: readonly Problem[];
}

/** Reads policies and data that a configuration or a command line names from a tree. */
export async function policySources(
  tree: Tree,
  selection: PolicySelection,
  source?: ConfigSource,
): Promise<PolicyReading> {
  throw new Error(`not yet: ${tree.name} ${selection.policies.length} ${source?.path}`);
}
