import type { KnownFacts } from "../model/fact.ts";
import type { CompileAnswer } from "./toolchain/protocol.ts";
import type { PrintedLine } from "./builtins/builtin.ts";
import type { Evaluator, Failure } from "./evaluator.ts";
import { onceMore } from "./once-more.ts";
import type { RegoValue } from "./value/rego-value.ts";
import { isArray } from "./value/rego-value.ts";
import { readValue } from "./value/read-value.ts";

/** What failed: a rule by its index, the exception rules together, or reading the document. */
type Failed = number | "exceptions" | "document";

/** A rule without an answer for a document. `asked` is false if it was skipped because it had failed before. */
export interface RuleFailure extends Failure {
  readonly of: Failed;
  readonly asked: boolean;
  /** The path of the input on which it failed. */
  readonly on: string;
}

/** One document to evaluate. */
export interface Input {
  /** The path of the document, for messages. */
  readonly place: string;
  /** Returns the JSON text; called when it is needed. */
  readonly text: () => string;
  readonly environment?: string | undefined;
  /** What is known of other objects. */
  readonly facts?: KnownFacts | undefined;
}

/** The answer of the policies for one document. */
export interface Answer {
  /** The values of the deciding rules that are defined, by index. */
  readonly rules: readonly (readonly [index: number, value: RegoValue])[];
  readonly exceptions: readonly (readonly [packageName: string, value: RegoValue])[];
  readonly failures: readonly RuleFailure[];
}

/** Takes what policies print about a document, named by its place. */
export type Print = (place: string, lines: readonly PrintedLine[]) => void;

/** Evaluates a compiled policy set and remembers which rules must not be evaluated again after a failure. */
export interface Asker {
  /**
   * Returns one answer for each input, in order. Calls run one after the other, so that each knows which rules failed
   * before.
   */
  ask(inputs: readonly Input[]): Promise<readonly Answer[]>;
  /** Whether a rule is not evaluated again. */
  leavesOut(): boolean;
}

/**
 * Creates an asker. It evaluates all rules at once. If that fails for a document, it evaluates them one by one, so that
 * the answers of the other rules are kept. A rule that ran out of steps, memory or time is not evaluated again.
 */
export function createAsker(
  entrypoints: CompileAnswer["entrypoints"],
  evaluator: Evaluator,
  print: Print = () => {},
): Asker {
  const patient = onceMore(evaluator);
  const leftOut = new Map<Failed, RuleFailure>();
  // Every failure costs an instance. If rules fail on many documents, evaluating all at once first would cost a second
  // one each time.
  const suspects = new Set<Failed>();
  let expectsFailure = false;
  let turn: Promise<unknown> = Promise.resolve();

  async function askApart({ place: on, text: input, environment, facts }: Input): Promise<Answer> {
    const parts: readonly (readonly [Failed, string])[] = [
      ["exceptions", entrypoints.exceptions] as const,
      ...entrypoints.rules.entries(),
    ];
    const failures = [...leftOut.values()].map((failure) => ({ ...failure, asked: false }));
    const values = new Map<Failed, RegoValue>();
    let open = parts
      .filter(([part]) => !leftOut.has(part))
      .toSorted(([a], [b]) => Number(suspects.has(a)) - Number(suspects.has(b)));
    while (open.length > 0) {
      const {
        values: texts,
        failure,
        printed = [],
      } = await patient.evaluate(open.map(([, entrypoint]) => ({ input, entrypoint, environment, facts })));
      for (const [, lines] of printed) print(on, lines);
      for (const [i, text] of texts.entries()) {
        const part = open[i]?.[0];
        if (part !== undefined && text !== undefined) values.set(part, readValue(text));
      }
      const failed = open[texts.length]?.[0];
      if (failure === undefined || failed === undefined) break;
      if (failure.reason === "input") return nothing({ ...failure, of: "document", asked: true, on });
      const ruleFailure = { ...failure, of: failed, asked: true, on };
      failures.push(ruleFailure);
      suspects.add(failed);
      if (failure.reason !== "rule") leftOut.set(failed, ruleFailure);
      open = open.slice(texts.length + 1);
    }
    expectsFailure = failures.length > 0;
    return {
      rules: inOrder([...values].flatMap(([of, value]) => (typeof of === "number" ? [[of, value] as const] : []))),
      exceptions: pairs(values.get("exceptions") ?? []) as Answer["exceptions"],
      failures,
    };
  }

  async function askAll(inputs: readonly Input[]): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    while (answers.length < inputs.length) {
      if (!expectsFailure) {
        const askings = inputs.slice(answers.length).map(({ text, environment, facts }) => ({
          input: text,
          entrypoint: entrypoints.results,
          environment,
          facts,
        }));
        const { values, failure, printed = [] } = await evaluator.evaluate(askings);
        const from = answers.length;
        // Of a document that failed, the rules are evaluated once more, and print once more.
        for (const [at, lines] of printed) if (at < values.length) print(inputs[from + at]?.place ?? "", lines);
        answers.push(...values.map(readAnswer));
        const on = inputs[answers.length]?.place ?? "";
        if (failure?.reason === "input") {
          answers.push(nothing({ ...failure, of: "document", asked: true, on }));
          continue;
        }
      }
      const input = inputs[answers.length];
      if (input !== undefined) answers.push(await askApart(input));
    }
    return answers;
  }

  return {
    ask: (inputs) => {
      const answers = turn.then(() => askAll(inputs));
      turn = answers.catch(() => undefined);
      return answers;
    },
    leavesOut: () => leftOut.size > 0,
  };
}

function nothing(failure: RuleFailure): Answer {
  return { rules: [], exceptions: [], failures: [failure] };
}

const silent: Answer = { rules: [], exceptions: [], failures: [] };
const silentText = /^\{"(?:rules|exceptions)": (?:set\(\)|\[\]), "(?:rules|exceptions)": (?:set\(\)|\[\])\}$/;

function readAnswer(text: string | undefined): Answer {
  if (text === undefined) throw new Error("the results entry point gave no value");
  if (silentText.test(text)) return silent;
  const value = readValue(text) as ReadonlyMap<RegoValue, RegoValue>;
  const rules = pairs(value.get("rules") ?? []) as Answer["rules"];
  return {
    rules: inOrder(rules),
    exceptions: pairs(value.get("exceptions") ?? []) as Answer["exceptions"],
    failures: [],
  };
}

function inOrder(rules: Answer["rules"]): Answer["rules"] {
  return rules.toSorted(([a], [b]) => a - b);
}

function pairs(value: RegoValue): readonly (readonly [RegoValue, RegoValue])[] {
  if (!isArray(value) && !(value instanceof Set)) throw new Error("the entry module gave something else than pairs");
  return [...value] as unknown as readonly (readonly [RegoValue, RegoValue])[];
}
