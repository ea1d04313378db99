import type { DeclaredFix } from "./fix.ts";
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
  /** The level of its strictest rule, where the configuration sets none. */
  readonly level?: Level;
  readonly fix?: DeclaredFix;
  /** Its METADATA forbids waivers; absent: they are allowed. */
  readonly waivable?: false;
}

/** One file that a policy set is made of. */
export interface PolicyFile {
  /** Path as a person knows it: relative to the tree or as given on the command line. */
  readonly path: string;
  readonly text: string;
  /** As its bundle says; absent: that of the set. */
  readonly regoVersion?: "v0" | "v1";
  /** `input` is the list of all manifests of an environment, as with conftest's `--combine`; absent: one manifest. */
  readonly combine?: true;
}

/** One Kubernetes object that declares policies, such as a Gatekeeper constraint or a ValidatingAdmissionPolicy. */
export interface PolicyObject {
  /** The file, as a person knows it. */
  readonly path: string;
  /** The line of the file on which the object starts. */
  readonly line: number;
  /** The text of its document, for the lines of its values; absent where the object was rendered. */
  readonly document?: {
    readonly text: string;
    /** The line of the file on which the text starts. */ readonly line: number;
  };
  readonly value: JsonObject;
}

/** One file of `data`, with the prefix that OPA's loader gives it (nested directory names, not the file name). */
export interface DataFile {
  readonly path: string;
  readonly prefix: readonly string[];
  readonly text: string;
}

/** A configuration file that a policy may read with conftest's `parse_config_file`. */
export interface ConfigFile {
  /** The path of the policy, as that of its `PolicyFile`. */
  readonly module: string;
  /** The path as the policy writes it, relative to its own directory. */
  readonly written: string;
  readonly text: string;
}

/** Everything that a policy set is compiled from. */
export interface PolicySources {
  readonly files: readonly PolicyFile[];
  readonly data: readonly DataFile[];
  /** Absent: none. */
  readonly configFiles?: readonly ConfigFile[];
  /** Absent: none. */
  readonly objects?: readonly PolicyObject[];
  /** Each environment is judged by the policies that its own desired state contains, too. */
  readonly cluster?: true;
  /** Packages to run; absent: `main` and every package with METADATA. `"*"`: all packages that have deciding rules. */
  readonly namespaces?: readonly string[] | "*";
  readonly regoVersion: "v0" | "v1";
  /** By environment and policy id: over `data.parameters` there. */
  readonly parameters?: { readonly [environment: string]: JsonObject };
  /** Versions of Kubernetes such as `1.34`: those of environments by name, and that of all others. */
  readonly kubernetes?: { readonly common?: string; readonly environments: { readonly [name: string]: string } };
  /** By policy id, over the levels that rules declare: those of the profiles that name the policies. */
  readonly levels?: { readonly [policy: string]: Level };
  /** Where below `data` the policies look other objects up; absent: `portcullis.inventory`. */
  readonly inventoryAt?: readonly string[];
  /** A namespace without rules is no problem. */
  readonly allowEmpty?: boolean;
  /** What `portcullis compile` made of these files: entries by key, and the digest of all of them. */
  readonly compiled?: { readonly digest: string; readonly entries: ReadonlyMap<string, Uint8Array> };
}

/** The operation that Kubernetes admission would see. */
export type Operation = "CREATE" | "UPDATE" | "DELETE";

/** Metadata that a policy adds to a result besides its message. */
export type ResultMetadata = { readonly [key: string]: Json };
