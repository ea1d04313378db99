import type { Json } from "../../model/json.ts";

/** One Rego file with the version it is written in. */
export interface ModuleSource {
  readonly path: string;
  readonly text: string;
  readonly regoVersion: "v0" | "v1";
}

/** A policy set to compile. `namespaces` as in `PolicySources`. */
export interface CompileRequest {
  readonly modules: readonly ModuleSource[];
  readonly namespaces?: readonly string[] | "*";
}

/** An error of OPA's parser or compiler, or a refused builtin, at its place. Lines and columns are 1-based. */
export interface RegoError {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** OPA's own code, e.g. `rego_unsafe_var_error`; `portcullis_refused_builtin` for a builtin the gate never allows. */
  readonly code: string;
  readonly message: string;
}

/** A METADATA block as OPA parsed it. */
export interface Annotations {
  readonly scope: "rule" | "document" | "package" | "subpackages";
  readonly path: string;
  readonly line: number;
  readonly value: { readonly [key: string]: Json };
}

/** A rule whose name decides (`deny*`, `violation*`, `warn*`), all its bodies together. */
export interface DecidingRule {
  /** Its number in the answers of the `results` entry point and the index of its own entry point. */
  readonly index: number;
  /** Package without `data.`. */
  readonly package: string;
  readonly name: string;
  /** Where its first body stands. */
  readonly path: string;
  readonly line: number;
  readonly shape: "set" | "object" | "value";
  /** All METADATA that applies, nearest scope first. */
  readonly annotations: readonly Annotations[];
  /** It reads `data.portcullis.operation`, `data.portcullis.oldObject` or `input.review.operation`/`oldObject`, itself or through helpers. */
  readonly readsChange: boolean;
}

/**
 * What a policy set compiles to. Input of every entry point:
 * `{"document": …, "conftest": {"file": {"name", "dir"}}, "portcullis": {"operation", "oldObject"}}`;
 * the policies see `input` = document, `data.conftest` and `data.portcullis`.
 */
export interface CompileAnswer {
  /** Absent where nothing compiled. */
  readonly wasm?: Uint8Array;
  readonly entrypoints: {
    /** Yields `{"rules": [[index, value]…], "exceptions": [[package, value]…]}`, rules without results left out. */
    readonly results: string;
    /** Yields `[[twin index, message value, bindings]…]`. */
    readonly twins: string;
    /** Yields `[[package, value]…]`, the exceptions of `results` alone: for when its rules are asked one by one. */
    readonly exceptions: string;
    /** One for each deciding rule, by index, yielding the rule's value: the fallback that isolates a rule that fails. */
    readonly rules: readonly string[];
  };
  readonly rules: readonly DecidingRule[];
  /** Packages that have an `exception` rule. */
  readonly exceptions: readonly string[];
  /** What is known statically of each twin, by index; src/rego/locate reads it. */
  readonly twins: readonly Json[];
  /** Builtins that the module calls on its host, so that a missing one is known before evaluation. */
  readonly builtins: readonly string[];
  /** Modules that did not compile were left out with all that depends on them; these are the reasons. */
  readonly errors: readonly RegoError[];
  /** Warnings that do not stop anything (a namespace that has no rule). */
  readonly packages: readonly string[];
}
