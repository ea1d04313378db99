import { derivedOnce, type Derived } from "../model/derived.ts";
import type { Json } from "../model/json.ts";
import type { Judge, Question } from "../model/judge.ts";
import type { PolicySources } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Judgement } from "../model/violation.ts";
import type { Input, Print, RuleFailure } from "./ask.ts";
import { createAsker } from "./ask.ts";
import { createTwinAsker } from "./ask-twins.ts";
import { sortAsConftest } from "./conftest-answer.ts";
import { loadBuiltins, startRelay } from "./builtins/load-builtins.ts";
import { combinedJudge } from "./combined-judge.ts";
import { isCombined } from "./combined-sources.ts";
import type { PolicyCompiler } from "./compile-sources.ts";
import { compileSources, digestOf } from "./compile-sources.ts";
import { createEvaluator, type Evaluator } from "./evaluator.ts";
import { createGrowingEvaluator } from "./growing-evaluator.ts";
import { environmentKey, mayReadEnvironment } from "./environment-data.ts";
import { defaultStepLimit, makeInstance, recipeOf } from "./instances.ts";
import { inventoryRules } from "./inventory-rules.ts";
import { judgementOf, nameOf, sortAnswer } from "./judgement.ts";
import { createLocator, readTwins } from "./locate/locate.ts";
import { mergeData } from "./merge-data.ts";
import type { PrintingInstance } from "./instances.ts";
import { EvaluationError } from "./opa-wasm.ts";
import type { RuleFacts } from "./policies.ts";
import { describePolicies } from "./policies.ts";
import { phasesOf } from "./phases.ts";
import { questionInput } from "./question-input.ts";
import { inventoryPath } from "./reading/inventory-reads.ts";
import { createBuiltinRelay, type BuiltinRelay } from "./toolchain/builtin-relay.ts";
import { faultsOfParameters } from "./unfit/parameter-schemas.ts";
import { findUnfit, nothingUnfit } from "./unfit/unfit.ts";

/** What a judge is created with. */
export interface JudgeOptions {
  readonly toolchain: PolicyCompiler;
  /** The time of the job (RFC 3339), which policies see as the current time. */
  readonly now: string;
  /** The deadline for one manifest, in milliseconds. */
  readonly deadlineMs: number;
  /** The memory limit of the policies, in MiB. */
  readonly memoryLimitMiB: number;
  /** The most steps of one evaluation, which end it on every machine alike; default 100 million. */
  readonly stepLimit?: number;
  /** `conftest`: rules are read, graded and counted as conftest does, and what has no effect is no problem. */
  readonly compat?: "conftest";
  /** Takes what policies print about a manifest, named by its file and line; by default it is dropped. */
  readonly print?: Print;
  /** What was derived from policy sets before, by this build of Portcullis. */
  readonly derived?: Derived;
  /** One that the caller keeps running and closes, for builtins that OPA answers; absent: the judge has its own. */
  readonly relay?: BuiltinRelay;
  /** The directory for the unpacked toolchain, for builtins that OPA answers; default as in `createToolchain`. */
  readonly cacheDir?: string;
}

/**
 * Default limits; a normal policy needs a thousandth of them. The steps are 3 to 18 seconds of work, so that the deadline ends
 * only what takes no steps, or a machine that is very busy.
 */
export const defaultLimits = { deadlineMs: 60_000, memoryLimitMiB: 256, stepLimit: defaultStepLimit } as const;

const builtinsOfTheRun = new Set(["time.now_ns", "rand.intn", "uuid.rfc4122"]);

/** Compiles a policy set. Faults of the set are among the problems of the judge; the rest of the set still judges. */
export async function createJudge(sources: PolicySources, options: JudgeOptions): Promise<Judge> {
  const judge = await createPlainJudge(sources, options);
  return isCombined(sources) ? combinedJudge(judge) : judge;
}

async function createPlainJudge(sources: PolicySources, options: JudgeOptions): Promise<Judge> {
  const compiled = await compileSources(sources, options.toolchain);
  const { data: common, problems: dataProblems } = mergeData(sources.data);
  const { inventoryAt = inventoryPath, parameters = {}, kubernetes } = sources;
  const data = { common, parameters, kubernetes, named: mayReadEnvironment(sources.files), inventoryAt };
  const { toolchain, deadlineMs, memoryLimitMiB, stepLimit = defaultStepLimit } = options;
  const asConftest = options.compat === "conftest";
  const digest = digestOf(sources, [toolchain.digest, deadlineMs, memoryLimitMiB, stepLimit, options.compat ?? ""]);
  const {
    policies,
    rules: described,
    problems: policyProblems,
  } = derivedOnce(options.derived, `described ${digest}`, () =>
    describePolicies(compiled.answer?.rules ?? [], asConftest ? "by name" : sources.levels),
  );
  const unfit = asConftest
    ? nothingUnfit
    : derivedOnce(options.derived, `unfit ${digest}`, () => findUnfit(sources, common, described, compiled));
  const rules = described.map((rule) => (unfit.unusable.has(rule.index) ? { ...rule, usable: false } : rule));
  const phases = asConftest ? undefined : phasesOf(inventoryRules(sources, rules, digest, options.derived), rules);
  const { parameterSchemas: schemas } = unfit;
  const identity = {
    digest,
    policies,
    readsChange: rules.some((rule) => rule.readsChange),
    readsTime: compiled.answer?.builtins.some((name) => builtinsOfTheRun.has(name)) ?? false,
    ...(compiled.answer?.builtins.includes("internal.print") === true ? { prints: true as const } : {}),
    environmentKey: (environment: string | undefined) => environmentKey(data, environment),
    warnings: unfit.warnings,
    fieldsRead: unfit.fieldsRead,
    ...(unfit.parametersRead === undefined ? {} : { parametersRead: unfit.parametersRead }),
    ...(schemas === undefined
      ? {}
      : { parameterFaults: (policy: string, value: Json) => faultsOfParameters(schemas, policy, value) }),
    ...phases?.waiting,
    close: async () => {},
  };
  const problems = [...compiled.problems, ...policyProblems, ...unfit.problems, ...dataProblems];
  const { answer } = compiled;
  if (answer?.wasm === undefined || rules.length === 0) return { ...identity, problems, judge: judgeNothing };

  const { entrypoints, wasm } = answer;
  const recipe = once(() => recipeOf(wasm, data, { ...options, builtins: answer.builtins }));
  const relaying = { deadlineMs: options.deadlineMs, ...(options.cacheDir && { cacheDir: options.cacheDir }) };
  const relay = options.relay ?? createBuiltinRelay(relaying);
  const closeRelay = async (): Promise<void> => {
    if (options.relay === undefined) await relay.close();
  };
  const builtins = await loadBuiltins(answer.builtins, relay.call);
  const start = once(() => startRelay(answer.builtins, relay.call));
  const make = () => {
    start();
    return makeInstance(recipe(), builtins);
  };
  // Where nothing is asked that earlier runs did not answer, no instance is needed.
  const first = options.derived?.get(`loads ${digest}`) === true ? undefined : firstInstance(make);
  if (first !== undefined && "stage" in first) {
    await closeRelay();
    return { ...identity, problems: [...problems, first], judge: judgeNothing };
  }
  options.derived?.set(`loads ${digest}`, true);
  const setting = { recipe, relaying, deadlineMs: options.deadlineMs };
  const evaluator = createGrowingEvaluator(setting, first, make);
  const twins = readTwins(answer.twins);
  // What is asked with other objects has its own instance, so that their data are not loaded in turns with those without.
  const late = createEvaluator({ deadlineMs, instantiate: make });

  return {
    ...identity,
    problems,
    ...answeringInPhases(evaluator),
    apart: () => ({
      ...identity,
      problems,
      ...answeringInPhases(createEvaluator({ deadlineMs, instantiate: make })),
    }),
    close: async () => {
      await Promise.all([evaluator.close(), closeRelay()]);
    },
  };

  function answeringInPhases(by: Evaluator): Pick<Judge, "judge" | "leavesOut"> {
    if (phases === undefined) return answering(by);
    const [first, second] = [answering(by), answering(late)];
    return {
      leavesOut: () => first.leavesOut?.() === true,
      judge: async (questions) => {
        const known = questions.filter(({ facts }) => facts !== undefined);
        if (known.length === 0) return first.judge(questions);
        const answers = new Map<Question, Judgement>();
        // Each change of data takes as long as many questions.
        const sorted = known
          .map((one) => ({ one, key: dataKey(one) }))
          .toSorted((a, b) => Number(a.key > b.key) - Number(a.key < b.key));
        const ordered = sorted.map(({ one }) => one);
        const others = questions.filter(({ facts }) => facts === undefined);
        for (const [i, answer] of (await second.judge(ordered)).entries()) answers.set(at(ordered, i), answer);
        for (const [i, answer] of (await first.judge(others)).entries()) answers.set(at(others, i), answer);
        return questions.map((question) => answers.get(question) ?? silent);
      },
    };
  }

  function dataKey({ manifest, facts }: Question): string {
    return `${environmentKey(data, manifest.environment)} ${facts?.digest ?? ""}`;
  }

  function answering(by: Evaluator): Pick<Judge, "judge" | "leavesOut"> {
    const asker = createAsker(entrypoints, by, options.print);
    const twinAsker = createTwinAsker(entrypoints.twins, by);
    return {
      leavesOut: () => asker.leavesOut(),
      judge: async (questions) => {
        const answers = await asker.ask(questions.map(inputOf));
        const sorted = answers.map((one, i) => {
          const question = at(questions, i);
          const sort = asConftest ? sortAsConftest : sortAnswer;
          return sort(question, phases?.ofPhase(question, one) ?? one, rules, describeFailure);
        });
        const places = sorted.flatMap(({ found, wrong }, i) => (found.length + wrong.length > 0 ? [i] : []));
        const located = places.filter((i) => twins.statics.length > 0 && at(questions, i).operation !== "DELETE");
        const twinAnswers = await twinAsker.ask(located.map((i) => inputOf(at(questions, i))));
        const twinsAt = new Map(located.map((i, n) => [i, at(twinAnswers, n)]));
        return sorted.map((one, i) => {
          const locator = createLocator(at(questions, i).manifest.value, twins, twinsAt.get(i) ?? []);
          return judgementOf(
            one,
            ({ rule, result }) => locator.causes(rule.index, result.value),
            (rule, value) => locator.bodyOf(rule, value),
          );
        });
      },
    };
  }

  function describeFailure(failure: RuleFailure): string {
    const who = whoFailed(failure, rules);
    if (failure.asked) return `${who} could not be judged: ${failure.message}`;
    return `${who} was not evaluated, because on ${failure.on} ${failure.message}`;
  }
}

function firstInstance(make: () => PrintingInstance): PrintingInstance | Problem {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return { stage: "evaluate", message: `the policies and their data could not be loaded: ${error.message}` };
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function inputOf(question: Question): Input {
  const { facts } = question;
  const { environment, position } = question.manifest;
  return { place: `${position.path}:${position.line}`, text: () => questionInput(question), environment, facts };
}

const silent: Judgement = { violations: [], excepted: [], problems: [] };

// Judges nothing: the problems of the judge say why.
async function judgeNothing(questions: readonly Question[]): Promise<readonly Judgement[]> {
  return questions.map(() => silent);
}

function whoFailed(failure: RuleFailure, rules: readonly RuleFacts[]): string {
  if (failure.of === "document") return "the manifest";
  if (failure.of === "exceptions") return "the exception rules";
  return nameOf(at(rules, failure.of));
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`there is nothing at ${index}`);
  return item;
}
