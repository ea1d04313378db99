import type { LevelSetting } from "./policy.ts";

/** portcullis.yaml as typed values, with every default filled in. */
export interface Config {
  readonly version: 1;
  /** Empty where none is named: then ./policies or ./policy where it holds Rego, else the library that ships. */
  readonly policies: readonly string[];
  readonly data: readonly string[];
  readonly manifests: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  /** Gated branches; empty: the default branch. */
  readonly branches: readonly string[];
  readonly mode: "enforce" | "report";
  readonly block: "introduced" | "all";
  readonly levels: { readonly [policy: string]: LevelSetting };
  readonly comments: "on" | "off";
}
