import type { Json, JsonObject } from "./json.ts";

/** The effect of a finding: `deny` blocks, `warn` warns, `info` is only shown. */
export type Level = "deny" | "warn" | "info";

/** A level as the configuration may set it. */
export type LevelSetting = Level | "off";

/** A Rego rule set with its documentation, taken from its METADATA where it has one. */
export interface Policy {
  /** `category/name`, or the Rego package where the policy does not follow the library's layout. */
  readonly id: string;
  /** The Rego package without `data.`. */
  readonly package: string;
  readonly title?: string;
  readonly description?: string;
  /** URL of the policy's documentation: the first of METADATA `related_resources`. */
  readonly docs?: string;
  readonly controls?: readonly string[];
  readonly severity?: string;
}

/** One file that a policy set is made of. */
export interface PolicyFile {
  /** Path as a person knows it: relative to the tree or as given on the command line. */
  readonly path: string;
  readonly text: string;
}

/** One file of `data`, with the prefix that OPA's loader gives it (nested directory names, not the file name). */
export interface DataFile {
  readonly path: string;
  readonly prefix: readonly string[];
  readonly text: string;
}

/** Everything that a policy set is compiled from. */
export interface PolicySources {
  readonly files: readonly PolicyFile[];
  readonly data: readonly DataFile[];
  /** Packages to run; absent: `main` and every package with METADATA. `"*"`: all packages that have deciding rules. */
  readonly namespaces?: readonly string[] | "*";
  readonly regoVersion: "v0" | "v1";
  /** By environment and policy id: over `data.parameters` there. */
  readonly parameters?: { readonly [environment: string]: JsonObject };
  /** A namespace without rules is no problem. */
  readonly allowEmpty?: boolean;
}

/** The operation that Kubernetes admission would see. */
export type Operation = "CREATE" | "UPDATE" | "DELETE";

/** Metadata that a policy adds to a result besides its message. */
export type ResultMetadata = { readonly [key: string]: Json };
