import type { Asking, Evaluated, Evaluator, Printed } from "./evaluator.ts";

/**
 * Makes an evaluator that evaluates once more, by itself and with a deadline of its own, what did not finish within the
 * deadline: the machine may have been busy.
 */
export function onceMore(evaluator: Evaluator): Evaluator {
  return {
    evaluate: async (askings) => {
      const values: (string | undefined)[] = [];
      const printed: Printed[] = [];
      const take = (evaluated: Evaluated): Evaluated["failure"] => {
        for (const [at, lines] of evaluated.printed ?? []) printed.push([values.length + at, lines]);
        values.push(...evaluated.values);
        return evaluated.failure;
      };
      while (values.length < askings.length) {
        let failure = take(await evaluator.evaluate(askings.slice(values.length)));
        const late: Asking | undefined = failure?.reason === "late" ? askings[values.length] : undefined;
        if (late !== undefined) failure = take(await evaluator.evaluate([late]));
        if (failure !== undefined) return { values, failure, printed };
      }
      return { values, printed };
    },
  };
}
