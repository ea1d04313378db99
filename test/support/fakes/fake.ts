/** What fakes were asked, in order: the method and its arguments. */
export type Calls = (readonly [method: string, ...asked: readonly unknown[]])[];

/** A port whose methods are `answers`. Any other method answers nothing. What it is asked is added to `calls`. */
export function fake<Port extends object>(answers: Partial<Port>, calls: Calls = []): Port {
  return new Proxy(answers as Port, {
    get: (target, name) => {
      const answer: unknown = Reflect.get(target, name);
      if (typeof name === "symbol" || name === "then") return undefined;
      if (answer !== undefined && typeof answer !== "function") return answer;
      return async (...asked: readonly unknown[]): Promise<unknown> => {
        calls.push([name, ...asked]);
        return answer?.(...asked) as unknown;
      };
    },
  });
}

/** What was asked of one method, call after call. */
export function askedOf(calls: Calls, method: string): readonly (readonly unknown[])[] {
  return calls.filter(([name]) => name === method).map(([, ...asked]) => asked);
}
