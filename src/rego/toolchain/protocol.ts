import type { Json, JsonObject } from "../../model/json.ts";

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

/** An error of OPA's parser or compiler, or a refused builtin, at its place. Lines and columns are 1-based, columns in UTF-16 code units. */
export interface RegoError {
  /** Empty, with line 0, where OPA names no place. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /**
   * OPA's own code, e.g. `rego_unsafe_var_error`; `portcullis_refused_builtin` for a builtin the gate never allows;
   * `portcullis_left_out` for a module that compiles but depends on one that does not.
   */
  readonly code: string;
  readonly message: string;
  /** What OPA adds in lines of its own, e.g. the types it had and wanted. */
  readonly details?: readonly string[];
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
 * the policies see `input` = document, `data.conftest.file`, `data.portcullis.operation` and `data.portcullis.oldObject`
 * (null where the caller names none). Without `document` every entry point is undefined.
 */
export interface CompileAnswer {
  /** Absent where no deciding rule compiled. */
  readonly wasm?: Uint8Array;
  readonly entrypoints: {
    /** Yields `{"rules": [[index, value]…], "exceptions": [[package, value]…]}`, empty sets and objects left out. */
    readonly results: string;
    /** Yields `[[package, value]…]`: the exceptions alone, which must be known where a deciding rule fails. */
    readonly exceptions: string;
    /** Yields `[[twin index, message value, bindings]…]`. */
    readonly twins: string;
    /** One for each deciding rule, by index, yielding the rule's value (undefined where the rule is): the fallback that isolates a rule that fails. */
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
  /** All packages that compiled, sorted, without `data.`. */
  readonly packages: readonly string[];
  /** Namespaces asked for that no package with a deciding rule matches. */
  readonly unmatchedNamespaces: readonly string[];
  /** For developers: why twins were left out. Verdicts do not depend on it. */
  readonly notes: readonly string[];
}

/** Policy tests to run; `data` is the root document, `files` what `parse_config_file` may read, by path. */
export interface TestRequest {
  readonly modules: readonly ModuleSource[];
  readonly data?: JsonObject;
  readonly files?: { readonly [path: string]: string };
  /** A regular expression (RE2) over `package.name`. */
  readonly run?: string;
  readonly coverage?: boolean;
  /** For each test; default 5000. */
  readonly timeoutMs?: number;
}

/** One `test_` rule, or with `cases` several under one name. `skip`: its name starts with `todo_`. */
export interface TestResult {
  readonly package: string;
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly outcome: "pass" | "fail" | "skip" | "error";
  readonly durationNs: number;
  readonly error?: RegoError;
  /** The last expression of the test's own body that did not hold. */
  readonly failedAt?: { readonly path: string; readonly line: number; readonly text: string };
  /** What the test printed. */
  readonly output?: string;
  /** How a failed test was evaluated, as `opa test -v` shows it; shortened when long. */
  readonly trace?: string;
  readonly cases?: readonly { readonly name: string; readonly outcome: "pass" | "fail" }[];
}

/** Lines are inclusive; percentages as OPA counts them, by lines that hold expressions. */
interface LineRange {
  readonly from: number;
  readonly to: number;
}

interface FileCoverage {
  readonly path: string;
  readonly covered: readonly LineRange[];
  readonly notCovered: readonly LineRange[];
  readonly percentage: number;
}

export interface TestAnswer {
  readonly results: readonly TestResult[];
  readonly coverage?: { readonly files: readonly FileCoverage[]; readonly percentage: number };
  /** Modules that did not compile, tests among them; the other tests ran. */
  readonly errors: readonly RegoError[];
}

/** The text as `opa fmt` lays it out; with errors, the text as it was. */
export interface FormatAnswer {
  readonly text: string;
  readonly errors: readonly RegoError[];
}

/** A query for OPA's own evaluator, for one input or several. */
export interface EvaluateRequest {
  readonly modules: readonly ModuleSource[];
  readonly query: string;
  readonly input?: Json;
  readonly inputs?: readonly Json[];
  readonly data?: JsonObject;
  /** The time policies see, in nanoseconds; default the clock. */
  readonly nowNs?: bigint;
  readonly strictBuiltinErrors?: boolean;
}

export interface EvaluateAnswer {
  /** For each input: the query's value (or its bindings) for each solution, empty where it is undefined. */
  readonly evaluations: readonly { readonly values: readonly Json[]; readonly error?: RegoError }[];
  /** What policies printed. */
  readonly output: string;
  readonly errors: readonly RegoError[];
}

/** What the rules at `queries` (`data.main.deny`) read of each input on their way to each result. */
export interface TraceRequest {
  readonly modules: readonly ModuleSource[];
  readonly queries: readonly string[];
  readonly inputs: readonly Json[];
  readonly data?: JsonObject;
}

export interface TraceAnswer {
  /** For each input its derivations; src/rego/locate/trace.ts reads them, `rule` is the number of the query. */
  readonly traces: readonly (readonly Json[])[];
  readonly errors: readonly RegoError[];
}

/** A call of one builtin. Arguments are JSON texts, or with `terms` Rego terms, which unlike JSON keep sets apart from arrays. */
export interface BuiltinRequest {
  readonly name: string;
  readonly args: readonly string[];
  readonly terms?: boolean;
  readonly nowNs?: bigint;
  /** Of `rand.intn` and `uuid.rfc4122`; default 0. */
  readonly seed?: number;
}

/**
 * What OPA's evaluator makes of the call: a value (as JSON text, or as a Rego term), undefined (also where the builtin
 * failed, with the reason), or an error that ends the evaluation.
 */
export type BuiltinAnswer =
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "undefined"; readonly code?: string; readonly message?: string }
  | { readonly kind: "error"; readonly code: string; readonly message: string };

/** What came of asking the toolchain. `failed` means that no answer can be had: the policy set must count as not judged. */
export type ToolchainOutcome<T> =
  | { readonly kind: "answer"; readonly answer: T }
  | { readonly kind: "failed"; readonly reason: "deadline" | "crash" | "refused"; readonly message: string };
