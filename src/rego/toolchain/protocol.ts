import type { ExplainedRule } from "../../model/explanation.ts";
import type { Json, JsonObject } from "../../model/json.ts";

/** One Rego file with its language version. */
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

/**
 * An error of the parser or compiler of OPA, or a refused builtin, with its location. Lines and columns are 1-based,
 * columns in UTF-16 code units.
 */
export interface RegoError {
  /** Empty, with line 0, if OPA gives no location. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /**
   * The error code of OPA, e.g. `rego_unsafe_var_error`; `portcullis_refused_builtin` for a builtin that the gate never
   * allows; `portcullis_left_out` for a module that compiles but depends on one that does not.
   */
  readonly code: string;
  readonly message: string;
  /** Further lines of the message, e.g. the actual and the expected types. */
  readonly details?: readonly string[];
}

/** A METADATA block as OPA parsed it. */
export interface Annotations {
  readonly scope: "rule" | "document" | "package" | "subpackages";
  readonly path: string;
  readonly line: number;
  readonly value: { readonly [key: string]: Json };
}

/** The location of one body of a rule. */
export interface RuleBody {
  readonly path: string;
  readonly line: number;
}

/** A rule whose name decides (`deny*`, `violation*`, `warn*`), with all its bodies. */
export interface DecidingRule {
  /** Its number in the answers of the `results` entry point, and the index of its own entry point. */
  readonly index: number;
  /** The package without `data.`. */
  readonly package: string;
  readonly name: string;
  /** The location of its first body. */
  readonly path: string;
  readonly line: number;
  /** The locations of all its bodies, which can be in several files. */
  readonly bodies: readonly RuleBody[];
  readonly shape: "set" | "object" | "value";
  /** All METADATA that apply, nearest scope first. */
  readonly annotations: readonly Annotations[];
  /**
   * True if it reads `data.portcullis.operation`, `data.portcullis.oldObject` or `input.review.operation`/`oldObject`,
   * itself or through helpers.
   */
  readonly readsChange: boolean;
}

/**
 * A compiled policy set. Input of every entry point: `{"document": …, "conftest": {"file": {"name", "dir"}},
 * "portcullis": {"operation", "oldObject"}}`; the policies see `input` = document, `data.conftest.file`,
 * `data.portcullis.operation` and `data.portcullis.oldObject` (null if not given). Without `document` every entry point
 * is undefined.
 */
export interface CompileAnswer {
  /** Absent if no deciding rule compiled. */
  readonly wasm?: Uint8Array;
  readonly entrypoints: {
    /** Returns `{"rules": [[index, value]…], "exceptions": [[package, value]…]}`, without empty sets and objects. */
    readonly results: string;
    /** Returns `[[package, value]…]`: the exceptions alone, which must be known if a deciding rule fails. */
    readonly exceptions: string;
    /** Returns `[[twin index, message value, bindings]…]`. */
    readonly twins: string;
    /**
     * One for each deciding rule, by index, which returns the value of the rule (undefined if the rule is): the
     * fallback that isolates a failing rule.
     */
    readonly rules: readonly string[];
  };
  readonly rules: readonly DecidingRule[];
  /** The packages with an `exception` rule. */
  readonly exceptions: readonly string[];
  /** The static description of each twin, by index; read by src/rego/locate. */
  readonly twins: readonly Json[];
  /** The builtins that the module calls on its host, so that a missing one is known before evaluation. */
  readonly builtins: readonly string[];
  /** The reasons why modules did not compile; they were left out with everything that depends on them. */
  readonly errors: readonly RegoError[];
  /** All packages that compiled, sorted, without `data.`. */
  readonly packages: readonly string[];
  /** Requested namespaces that match no package with a deciding rule. */
  readonly unmatchedNamespaces: readonly string[];
  /** Why twins were left out, for developers. Verdicts do not depend on it. */
  readonly notes: readonly string[];
}

/** Policy tests to run; `data` is the root document, `files` the files that `parse_config_file` may read, by path. */
export interface TestRequest {
  readonly modules: readonly ModuleSource[];
  readonly data?: JsonObject;
  readonly files?: { readonly [path: string]: string };
  /** A regular expression (RE2) over `package.name`. */
  readonly run?: string;
  readonly coverage?: boolean;
  /** Run only the tests that depend on these modules; the answer then says which modules matter. */
  readonly changed?: readonly string[];
  /** Milliseconds for each test; default 5000. */
  readonly timeoutMs?: number;
}

/** An expression that did not hold, with the values of its sides: of a comparison two, of anything else one. */
export interface FailedAt {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly operator?: string;
  readonly values?: readonly TermValue[];
}

/** A term as it is written, and its value in the notation of Rego; without one it was undefined. */
export interface TermValue {
  readonly text: string;
  readonly value?: string;
  readonly constant?: boolean;
}

/** The result of one `test_` rule, or with `cases` of several under one name. `skip`: its name starts with `todo_`. */
export interface TestResult {
  readonly package: string;
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly outcome: "pass" | "fail" | "skip" | "error";
  readonly durationNs: number;
  readonly error?: RegoError;
  /** The last expression in the body of the test that did not hold. */
  readonly failedAt?: FailedAt;
  /** The output of the test. */
  readonly output?: string;
  /** The trace of a failed test, as `opa test -v` shows it; shortened if it is long. */
  readonly trace?: string;
  readonly cases?: readonly { readonly name: string; readonly outcome: "pass" | "fail" }[];
}

/** A range of lines, both inclusive. Percentages are counted as in OPA, by lines with expressions. */
interface LineRange {
  readonly from: number;
  readonly to: number;
}

interface FileCoverage {
  readonly path: string;
  readonly covered: readonly LineRange[];
  readonly notCovered: readonly LineRange[];
  readonly percentage: number;
  /** How often the expressions of each line were evaluated; only lines with expressions. */
  readonly lines: readonly { readonly line: number; readonly hits: number }[];
  /** How often each body of each rule held. */
  readonly rules: readonly { readonly name: string; readonly line: number; readonly hits: number }[];
}

/** The results of policy tests. */
export interface TestAnswer {
  readonly results: readonly TestResult[];
  readonly coverage?: { readonly files: readonly FileCoverage[]; readonly percentage: number };
  /** Modules that did not compile, including tests; the other tests ran. */
  readonly errors: readonly RegoError[];
  /** Calls in policies that only a test may replace: `check` refuses such a policy. */
  readonly refused: readonly RegoError[];
  /** With `changed`: the modules that depend on the changed ones (themselves included), and all that these depend on. */
  readonly affected?: readonly string[];
  readonly needed?: readonly string[];
}

/** The text as `opa fmt` formats it; if there are errors, the original text. */
export interface FormatAnswer {
  readonly text: string;
  readonly errors: readonly RegoError[];
}

/** A query for the evaluator of OPA, with one input or several. */
export interface EvaluateRequest {
  readonly modules: readonly ModuleSource[];
  readonly query: string;
  readonly input?: Json;
  readonly inputs?: readonly Json[];
  readonly data?: JsonObject;
  /** The time that policies see, in nanoseconds since 1970; default the clock. */
  readonly nowNs?: bigint;
  readonly strictBuiltinErrors?: boolean;
  /** Tell the first so many events of the evaluation. */
  readonly trace?: number;
}

/** The result for one input: the value of the query (or its bindings) for each solution. */
export interface Evaluation {
  readonly values: readonly Json[];
  readonly error?: RegoError;
  /** As OPA prints it, with the values of variables; `steps` is the number of events, of which it may be the first. */
  readonly trace?: string;
  readonly steps?: number;
}

/** The answer to a query. */
export interface EvaluateAnswer {
  /** For each input; without values if the query is undefined. */
  readonly evaluations: readonly Evaluation[];
  /** The output of the policies. */
  readonly output: string;
  readonly errors: readonly RegoError[];
}

/** A request for what the rules at `queries` (`data.main.deny`) read from each input for each result. */
export interface TraceRequest {
  readonly modules: readonly ModuleSource[];
  readonly queries: readonly string[];
  readonly inputs: readonly Json[];
  readonly data?: JsonObject;
}

/** The answer to a trace request. */
export interface TraceAnswer {
  /** The derivations for each input; read by src/rego/locate/trace.ts. `rule` is the number of the query. */
  readonly traces: readonly (readonly Json[])[];
  readonly errors: readonly RegoError[];
}

/** Modules to lint, tests included. */
export interface LintRequest {
  readonly modules: readonly ModuleSource[];
}

/** What is legal and should be otherwise. */
export interface LintAnswer {
  readonly issues: readonly {
    readonly path: string;
    readonly line: number;
    readonly rule: string;
    readonly message: string;
  }[];
  /** Files that `opa fmt` would change; with `v0`, files in Rego v0 and their text in v1. */
  readonly formatted: readonly { readonly path: string; readonly text: string; readonly v0: boolean }[];
  readonly errors: readonly RegoError[];
}

/** A request to explain rules such as `data.main.deny` for one input; with `result` only ways to that result are told. */
export interface ExplainRequest {
  readonly modules: readonly ModuleSource[];
  readonly rules: readonly string[];
  readonly input: Json;
  readonly data?: JsonObject;
  readonly nowNs?: bigint;
  readonly result?: Json;
}

/** The rules as they were evaluated for the input, in the order of the request. */
export interface ExplainAnswer {
  readonly rules: readonly ExplainedRule[];
  readonly errors: readonly RegoError[];
}

/**
 * A call of one builtin. Arguments are JSON texts, or with `terms` Rego terms, which unlike JSON distinguish sets from
 * arrays.
 */
export interface BuiltinRequest {
  readonly name: string;
  readonly args: readonly string[];
  readonly terms?: boolean;
  readonly nowNs?: bigint;
  /** The seed of `rand.intn` and `uuid.rfc4122`; default 0. */
  readonly seed?: number;
}

/**
 * The result of the call in the evaluator of OPA: a value (as JSON text, or as a Rego term), undefined (also if the
 * builtin failed, with the reason), or an error that stops the evaluation.
 */
export type BuiltinAnswer =
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "undefined"; readonly code?: string; readonly message?: string }
  | { readonly kind: "error"; readonly code: string; readonly message: string };

/**
 * The outcome of a request to the toolchain. `failed`: there is no answer, so the policy set must count as not judged.
 */
export type ToolchainOutcome<T> =
  | { readonly kind: "answer"; readonly answer: T }
  | { readonly kind: "failed"; readonly reason: "deadline" | "crash" | "refused"; readonly message: string };
