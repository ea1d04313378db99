import { createHash } from "node:crypto";
import type { PolicySources } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { expandNamespaces } from "./expand-namespaces.ts";
import type { CompileAnswer, CompileRequest, RegoError, ToolchainOutcome } from "./toolchain/protocol.ts";

/** The part of the toolchain that compiles policies. */
export interface PolicyCompiler {
  /** The digest of the toolchain: another one may produce other modules. */
  readonly digest: string;
  compile(request: CompileRequest): Promise<ToolchainOutcome<CompileAnswer>>;
}

/** The compiled policy set, and the problems of what did not compile. */
export interface Compiled {
  /** Absent if the toolchain could not answer, which is a problem. */
  readonly answer?: CompileAnswer;
  readonly problems: readonly Problem[];
}

/** Compiles a policy set; files that import `rego.v1` are v1 whatever version the set declares. */
export async function compileSources(sources: PolicySources, compiler: PolicyCompiler): Promise<Compiled> {
  const modules = sources.files.map(({ path, text, regoVersion = sources.regoVersion }) => ({
    path,
    text,
    regoVersion: saysV1(text) ? ("v1" as const) : regoVersion,
  }));
  const namespaces = expandNamespaces(sources.namespaces, sources.files);
  const outcome = await compiler.compile({ modules, ...(namespaces === undefined ? {} : { namespaces }) });
  if (outcome.kind === "failed") {
    return { problems: [{ stage: "compile", message: `the policies could not be compiled: ${outcome.message}` }] };
  }
  const { answer } = outcome;
  // A namespace may have no rules only because its files did not compile.
  const unmatched = answer.errors.length > 0 || sources.allowEmpty === true ? [] : answer.unmatchedNamespaces;
  const errors = answer.errors.map((error) => compileProblem(error, sources));
  return { answer, problems: [...errors, ...unmatched.map(namespaceProblem)] };
}

/** The digest of a policy set and of whatever else its judgements depend on. */
export function digestOf(sources: PolicySources, others: readonly (string | number)[]): string {
  return createHash("sha256")
    .update(JSON.stringify([others, sources]))
    .digest("hex");
}

function saysV1(text: string): boolean {
  return /^[ \t]*import[ \t]+rego\.v1\b/m.test(text);
}

/** An error of the compiler as a problem, with a hint where it tells of another version of Rego. */
export function compileProblem(error: RegoError, sources: PolicySources): Problem {
  const { path, line, column, code } = error;
  const place = path === "" ? {} : line === 0 ? { path } : { path, line, column };
  return {
    stage: "compile",
    ...place,
    message: `${code}: ${error.message}${details(error)}${versionHint(error, sources.regoVersion)}`,
  };
}

function details(error: RegoError): string {
  return error.details === undefined ? "" : ` (${error.details.map((line) => line.trim()).join("; ")})`;
}

/** What helps against an error: how to have a file read that seems to be written in Rego v0, for example; empty for most. */
export function versionHint(error: RegoError, regoVersion: "v0" | "v1"): string {
  if (/undefined function parse_(?:config|config_file|combined_config_files)\b/.test(error.message))
    return "; in a policy, all arguments of this function must be texts that are written in the call";
  const isV1Habit = regoVersion === "v1" && /`(?:if|contains)` keyword is required/.test(error.message);
  return isV1Habit
    ? "; a file written in Rego v0 needs --rego-version v0, or portcullis lint --fix, which rewrites it"
    : "";
}

function namespaceProblem(namespace: string): Problem {
  return {
    stage: "compile",
    message: `no package ${namespace} has a deny, violation or warn rule; expected at least one in each selected namespace`,
  };
}
