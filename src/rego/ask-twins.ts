import type { Json } from "../model/json.ts";
import type { Input } from "./ask.ts";
import type { Evaluator } from "./evaluator.ts";
import { onceMore } from "./once-more.ts";
import { isArray, isSet } from "./value/rego-value.ts";
import { jsonFromValue } from "./value/json-text.ts";
import { readValue } from "./value/read-value.ts";

/** Evaluates the twins of the deciding rules, for documents with violations. */
export interface TwinAsker {
  /**
   * The answers of the twins for each input, in order; empty if they fail: a location is then less precise, never
   * wrong.
   */
  ask(inputs: readonly Omit<Input, "place">[]): Promise<readonly (readonly Json[])[]>;
}

/** Creates an asker. After twins run out of steps, memory or time once, they are not evaluated again. */
export function createTwinAsker(entrypoint: string, evaluator: Evaluator): TwinAsker {
  const patient = onceMore(evaluator);
  let trusted = true;
  return {
    ask: async (inputs) => {
      const answers: (readonly Json[])[] = [];
      while (trusted && answers.length < inputs.length) {
        const { values, failure } = await patient.evaluate(
          inputs
            .slice(answers.length)
            .map(({ text, environment, facts }) => ({ input: text, entrypoint, environment, facts })),
        );
        answers.push(...values.map(readAnswers));
        if (failure === undefined) break;
        answers.push([]);
        if (failure.reason !== "rule" && failure.reason !== "input") trusted = false;
      }
      return inputs.map((_, i) => answers[i] ?? []);
    },
  };
}

function readAnswers(text: string | undefined): readonly Json[] {
  if (text === undefined) return [];
  const value = readValue(text);
  return isArray(value) || isSet(value) ? Array.from(value, jsonFromValue) : [];
}
