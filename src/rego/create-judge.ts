import { createHash } from "node:crypto";
import type { Judge, Question } from "../model/judge.ts";
import type { PolicySources } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Judgement } from "../model/violation.ts";
import type { RuleFailure } from "./ask.ts";
import { createAsker } from "./ask.ts";
import { builtins } from "./builtins/registry.ts";
import type { BuiltinRun } from "./builtins/builtin.ts";
import { createEvaluator } from "./evaluator.ts";
import { judgementOf, nameOf } from "./judge-questions.ts";
import { mergeData } from "./merge-data.ts";
import type { PolicyInstance } from "./opa-wasm.ts";
import { compilePolicyModule, instantiate } from "./opa-wasm.ts";
import type { RuleFacts } from "./policies.ts";
import { describePolicies } from "./policies.ts";
import { questionInput } from "./question-input.ts";
import type { CompileAnswer, CompileRequest, RegoError } from "./toolchain/protocol.ts";
import { writeJson } from "./value/json-text.ts";

/** The part of the toolchain that a judge needs. */
export interface PolicyCompiler {
  /** Digest of the toolchain: another one may give other modules. */
  readonly digest: string;
  compile(request: CompileRequest): Promise<CompileAnswer>;
}

export interface JudgeOptions {
  readonly toolchain: PolicyCompiler;
  /** The job's time (RFC 3339), which policies see as now. */
  readonly now: string;
  /** Milliseconds that the policies may take for one manifest. */
  readonly deadlineMs: number;
  /** MiB of memory that the policies may use. */
  readonly memoryLimitMiB: number;
}

/** Compiles a policy set. What is wrong with the set is among the judge's problems; the rest of it judges. */
export async function createJudge(sources: PolicySources, options: JudgeOptions): Promise<Judge> {
  const answer = await options.toolchain.compile(compileRequest(sources));
  const { data, problems: dataProblems } = mergeData(sources.data);
  const facts = describePolicies(answer.rules);
  const run: BuiltinRun = { nowNs: BigInt(Date.parse(options.now)) * 1_000_000n };
  const evaluator = createEvaluator({ deadlineMs: options.deadlineMs, instantiate: instantiator() });
  const asker = createAsker(answer.entrypoints, evaluator);
  const askedPlaces: string[] = [];

  function instantiator(): () => PolicyInstance {
    if (answer.wasm === undefined) return () => fail("nothing compiled");
    const module = compilePolicyModule(answer.wasm);
    const text = writeJson(data);
    return () =>
      instantiate(module, {
        data: text,
        memoryLimitMiB: options.memoryLimitMiB,
        builtin: (name, args) => (builtins[name] ?? fail(`the builtin ${name} is not available`))(run, ...args),
      });
  }

  async function judge(questions: readonly Question[]): Promise<readonly Judgement[]> {
    if (answer.wasm === undefined || facts.rules.length === 0) return questions.map(() => silence);
    askedPlaces.push(...questions.map(({ manifest: { position } }) => `${position.path}:${position.line}`));
    const answers = await asker.ask(questions.map((question) => () => questionInput(question)));
    return questions.map((question, i) => {
      const one = answers[i];
      if (one === undefined) throw new Error("a question without an answer");
      return judgementOf(question, one, facts.rules, () => undefined, describeFailure);
    });
  }

  function describeFailure(failure: RuleFailure): string {
    const who = whoFailed(failure, facts.rules);
    if (failure.asked) return `${who} could not be judged: ${failure.message}`;
    return `${who} was not asked: on ${askedPlaces[failure.on] ?? "another manifest"} ${failure.message}`;
  }

  return {
    digest: digestOf(sources, options),
    policies: facts.policies,
    problems: [...answer.errors.map(compileProblem), ...facts.problems, ...dataProblems],
    readsChange: facts.rules.some((rule) => rule.readsChange),
    judge,
    close: async () => {},
  };
}

const silence: Judgement = { violations: [], excepted: [], problems: [] };

function compileRequest(sources: PolicySources): CompileRequest {
  const modules = sources.files.map(({ path, text }) => ({
    path,
    text,
    regoVersion: saysV1(text) ? ("v1" as const) : sources.regoVersion,
  }));
  return { modules, ...(sources.namespaces === undefined ? {} : { namespaces: sources.namespaces }) };
}

function saysV1(text: string): boolean {
  return /^[ \t]*import[ \t]+rego\.v1\b/m.test(text);
}

function whoFailed(failure: RuleFailure, rules: readonly RuleFacts[]): string {
  if (failure.of === "document") return "the manifest";
  if (failure.of === "exceptions") return "the exception rules";
  const rule = rules[failure.of];
  return rule === undefined ? `rule ${failure.of}` : nameOf(rule);
}

function compileProblem(error: RegoError): Problem {
  const { path, line, column, code, message } = error;
  return { stage: "compile", path, line, column, message: `${code}: ${message}` };
}

function digestOf(sources: PolicySources, options: JudgeOptions): string {
  const { toolchain, deadlineMs, memoryLimitMiB } = options;
  return createHash("sha256")
    .update(JSON.stringify([toolchain.digest, deadlineMs, memoryLimitMiB, sources]))
    .digest("hex");
}

function fail(message: string): never {
  throw new Error(message);
}
