import type { Json, JsonObject } from "../../model/json.ts";
import type { PolicySources } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { Cause } from "../../model/violation.ts";
import { createAsker, type Input } from "../ask.ts";
import { createTwinAsker } from "../ask-twins.ts";
import { loadBuiltins, startRelay } from "../builtins/load-builtins.ts";
import { compileProblem } from "../compile-sources.ts";
import type { JudgeOptions } from "../create-judge.ts";
import { createEvaluator } from "../evaluator.ts";
import { defaultStepLimit, makeInstance, recipeOf } from "../instances.ts";
import { createLocator, readTwins } from "../locate/locate.ts";
import { readResults } from "../results.ts";
import type { DecidingRule, ModuleSource } from "../toolchain/protocol.ts";
import { createBuiltinRelay } from "../toolchain/builtin-relay.ts";
import { moduleFaults } from "./module-faults.ts";

/** One object to evaluate a template for. */
export interface TemplateAsk {
  /** File and line of the object, for messages. */
  readonly place: string;
  /** Returns the JSON text of `input`: the review and the parameters. */
  readonly input: () => string;
  /** `input.review.object`, in which causes are located. */
  readonly object: JsonObject;
  /** What `data` holds; equal keys mean equal texts. */
  readonly data: TemplateData;
}

/** The JSON text of `data` for an evaluation. */
export interface TemplateData {
  readonly key: string;
  readonly text: () => string;
}

/** One violation that a template returned. Pointers of its causes lead from `input.review.object`. */
export interface TemplateResult {
  readonly message: string;
  readonly details?: Json;
  readonly causes: readonly Cause[];
  /** It could not be evaluated, and its author chose that this denies nothing. */
  readonly isAdmitted?: true;
}

/** What a template returned for one object. */
export interface TemplateAnswer {
  readonly results: readonly TemplateResult[];
  /** Why there is no answer, or not a whole one. */
  readonly failures: readonly string[];
}

/** The Rego of one Gatekeeper template, compiled by itself, so that its libraries are its own. */
export interface TemplateEngine {
  /** With the paths and lines of the modules. Where there is any, every answer is empty. */
  readonly problems: readonly Problem[];
  /** Whether the template reads the operation or the old object. */
  readonly readsChange: boolean;
  readonly readsTime: boolean;
  readonly prints: boolean;
  ask(asks: readonly TemplateAsk[]): Promise<readonly TemplateAnswer[]>;
  leavesOut(): boolean;
  /** The same template in an instance of its own. It ends with this one. */
  apart(): TemplateEngine;
  close(): Promise<void>;
}

const builtinsOfTheRun = new Set(["time.now_ns", "rand.intn", "uuid.rfc4122"]);
const deciding = "violation";

/** Compiles a template: its own module first, then its libraries, each with a path of its own. */
export async function createTemplateEngine(
  modules: readonly ModuleSource[],
  options: JudgeOptions,
): Promise<TemplateEngine> {
  const faults = moduleFaults(modules);
  const compiled = await options.toolchain.compile({ modules, namespaces: [faults.package] });
  if (compiled.kind === "failed") {
    const message = `the template could not be compiled: ${compiled.message}`;
    return without([{ stage: "compile", path: modules[0]?.path ?? "", message }]);
  }
  const { answer } = compiled;
  const sources: PolicySources = { files: modules, data: [], regoVersion: modules[0]?.regoVersion ?? "v0" };
  // A module that only depends on a faulty one says nothing new.
  const faulty = answer.errors.filter(({ code }) => code !== "portcullis_left_out");
  const errors = (faulty.length > 0 ? faulty : answer.errors).map((error) => compileProblem(error, sources));
  const rule = answer.rules.find(({ name, package: of }) => name === deciding && of === faults.package);
  const problems = errors.length > 0 ? errors : [...faults.problems, ...shapeFaults(modules, rule)];
  const { wasm } = answer;
  if (problems.length > 0 || wasm === undefined || rule === undefined) return without(problems);

  const relay = createBuiltinRelay({
    deadlineMs: options.deadlineMs,
    ...(options.cacheDir === undefined ? {} : { cacheDir: options.cacheDir }),
  });
  const builtins = await loadBuiltins(answer.builtins, relay.call);
  const data = { common: {}, parameters: {}, named: false };
  let recipe: ReturnType<typeof recipeOf> | undefined;
  const texts = new Map<string, () => string>();
  const make = () => {
    if (recipe === undefined) startRelay(answer.builtins, relay.call);
    recipe ??= recipeOf(wasm, data, {
      ...options,
      stepLimit: options.stepLimit ?? defaultStepLimit,
      builtins: answer.builtins,
    });
    return makeInstance(recipe, builtins, {
      key: (of) => of ?? "",
      text: (of) => texts.get(of ?? "")?.() ?? "{}",
    });
  };
  const twins = readTwins(answer.twins);
  const facts = {
    problems,
    readsChange: rule.readsChange,
    readsTime: answer.builtins.some((name) => builtinsOfTheRun.has(name)),
    prints: answer.builtins.includes("internal.print"),
  };

  const open = (): TemplateEngine => {
    const evaluator = createEvaluator({ deadlineMs: options.deadlineMs, instantiate: make });
    const asker = createAsker(answer.entrypoints, evaluator, options.print);
    const twinAsker = createTwinAsker(answer.entrypoints.twins, evaluator);
    return {
      ...facts,
      leavesOut: () => asker.leavesOut(),
      ask: async (asks) => {
        for (const { data: of } of asks) texts.set(of.key, of.text);
        const inputs = asks.map(({ place, input, data: of }): Input => ({
          place,
          text: () => `{"document":${input()}}`,
          environment: of.key,
        }));
        const answers = await asker.ask(inputs);
        const values = answers.map(({ rules }) => rules.find(([index]) => index === rule.index)?.[1]);
        const located = values.flatMap((value, at) => (value === undefined ? [] : [at]));
        const twinAnswers = await twinAsker.ask(located.flatMap((at) => inputs[at] ?? []));
        const twinsAt = new Map(located.map((at, n) => [at, twinAnswers[n] ?? []]));
        texts.clear();
        return answers.map(({ failures }, at): TemplateAnswer => {
          const told = failures.filter(({ of }) => typeof of !== "number" || of === rule.index);
          const value = values[at];
          const messages = told.map(({ message, on, asked }) => (asked ? message : `on ${on} ${message}`));
          if (value === undefined) return { results: [], failures: messages };
          const { results, wrong } = readResults(value);
          const locator = createLocator({ review: { object: asks[at]?.object ?? {} } }, twins, twinsAt.get(at) ?? []);
          const wrongs = wrong === undefined ? [] : [`${deciding} returned ${wrong.description}; ${expected}`];
          return {
            results: results.map(({ message, value: of, metadata }) => ({
              message,
              ...(metadata?.["details"] === undefined ? {} : { details: metadata["details"] }),
              causes: locator.causes(rule.index, of).map(inObject),
            })),
            failures: [...messages, ...wrongs],
          };
        });
      },
      apart: open,
      close: () => relay.close(),
    };
  };
  return open();
}

const expected = 'expected objects with a string "msg"';

function shapeFaults(modules: readonly ModuleSource[], rule: DecidingRule | undefined): readonly Problem[] {
  const path = modules[0]?.path ?? "";
  if (rule === undefined)
    return [
      { stage: "compile", path, line: 1, message: "the template has no violation rule; expected one in its own Rego" },
    ];
  if (rule.shape !== "object") return [];
  const message = `rule ${deciding} is an object of keys and values; ${expected}`;
  return [{ stage: "compile", path, line: rule.line, message }];
}

function without(problems: readonly Problem[]): TemplateEngine {
  const engine: TemplateEngine = {
    problems,
    readsChange: false,
    readsTime: false,
    prints: false,
    leavesOut: () => false,
    ask: async (asks) => asks.map(() => ({ results: [], failures: [] })),
    apart: () => engine,
    close: async () => {},
  };
  return engine;
}

const prefix = "/review/object";

/** A cause with pointers from the object; one outside of it is the whole object. */
function inObject(cause: Cause): Cause {
  const { compared, ...own } = cause;
  const stripped = strip(cause.pointer);
  if (stripped === undefined) return { pointer: "", stablePointer: "", precision: "manifest", ...readsOf(cause) };
  const others = compared?.flatMap((one) => strip(one) ?? []) ?? [];
  return {
    ...own,
    pointer: stripped,
    stablePointer: strip(cause.stablePointer) ?? "",
    ...(stripped === "" ? { precision: "manifest" as const } : {}),
    ...(others.length === 0 ? {} : { compared: others }),
  };
}

function readsOf({ reads }: Cause): Pick<Cause, "reads"> {
  return reads === undefined ? {} : { reads };
}

function strip(pointer: string): string | undefined {
  if (pointer === prefix) return "";
  return pointer.startsWith(`${prefix}/`) ? pointer.slice(prefix.length) : undefined;
}
