import { expect, test } from "@jest/globals";
import { createBudgets, DOCUMENTED, type Budgets } from "../../src/github/budget.ts";
import { HeldBack } from "../../src/github/failure.ts";

/** Budgets with a clock in seconds, for the installations 1 and 2. */
function budgetsAt(): { readonly budgets: Budgets; readonly clock: { seconds: number } } {
  const clock = { seconds: 1_000_000 };
  return { clock, budgets: createBudgets(DOCUMENTED, () => clock.seconds * 1_000) };
}

const GET = { method: "GET" };
const POST = { method: "POST" };

/** Sends as many requests as may be sent, and answers how many; `wait` is what the next one has to wait for. */
function sendAll(budgets: Budgets, asked: { readonly method: string; readonly token?: boolean }, installation = 1) {
  for (let sent = 0; ; sent++) {
    try {
      budgets.spend(installation, asked)();
    } catch (error) {
      return { sent, wait: error instanceof HeldBack ? error.seconds : error };
    }
  }
}

test.each<[string, { readonly method: string; readonly token?: boolean }, number]>([
  ["a read counts one point", GET, 900],
  ["a write counts five", { method: "PATCH" }, 180],
  ["what creates something is limited itself", POST, 80],
  ["a token counts as a write, and not as content", { method: "POST", token: true }, 180],
])("in a minute: %s", (_, asked, most) => {
  const { budgets, clock } = budgetsAt();
  expect(sendAll(budgets, asked)).toEqual({ sent: most, wait: 65 });
  clock.seconds += 64;
  expect(sendAll(budgets, asked).sent).toBe(0);
  clock.seconds += 1;
  expect(sendAll(budgets, asked).sent).toBe(most);
  expect(sendAll(budgets, asked, 2).sent).toBe(most);
});

test("in any period of a minute or an hour no more is sent than GitHub allows", () => {
  const { budgets, clock } = budgetsAt();
  const created: number[] = [];
  const end = clock.seconds + 7_200;
  for (; clock.seconds < end; clock.seconds += 7) {
    for (let n = 0; n < 30; n++) {
      try {
        budgets.spend(1, POST)();
        created.push(clock.seconds);
      } catch {
        break;
      }
    }
  }
  for (const at of created) {
    expect(created.filter((one) => one > at - 60 && one <= at).length).toBeLessThanOrEqual(80);
    expect(created.filter((one) => one > at - 3_600 && one <= at).length).toBeLessThanOrEqual(500);
  }
  expect(created.length).toBeGreaterThanOrEqual(900);
});

test("no more than a hundred requests are under way", () => {
  const { budgets } = budgetsAt();
  const ends = Array.from({ length: 100 }, () => budgets.spend(1, GET));
  expect(() => budgets.spend(1, GET)).toThrow(HeldBack);
  ends[0]?.();
  expect(() => budgets.spend(1, GET)).not.toThrow();
});

test("until the time that GitHub stated nothing is sent for the installation, and no job starts", () => {
  const { budgets, clock } = budgetsAt();
  budgets.hold(1, 30);
  budgets.hold(1, 10);
  expect(sendAll(budgets, GET)).toEqual({ sent: 0, wait: 30 });
  expect(budgets.usedUp()).toEqual({ all: [1], background: [] });
  clock.seconds += 30;
  expect(budgets.usedUp()).toEqual({ all: [], background: [] });
  expect(sendAll(budgets, GET).sent).toBe(900);
});

test.each([
  [4_000, { all: [], background: [] }],
  [1_300, { all: [], background: [] }],
  [1_200, { all: [], background: [1] }],
  [5, { all: [1], background: [] }],
])("of a quota with %i requests left, a part is kept for urgent work", (remaining, expected) => {
  const { budgets, clock } = budgetsAt();
  budgets.learn(1, { limit: 5_000, remaining, resetIn: 600 });
  expect(budgets.usedUp()).toEqual(expected);
  clock.seconds += 600;
  expect(budgets.usedUp()).toEqual({ all: [], background: [] });
});

test.each([
  [40, { all: [], background: [] }],
  [59, { all: [], background: [1] }],
  [78, { all: [], background: [1] }],
  [79, { all: [1], background: [] }],
])("with %i creations in a minute, the rest is kept for jobs that may end", (count, expected) => {
  const { budgets } = budgetsAt();
  for (let n = 0; n < count; n++) budgets.spend(1, POST)();
  expect(budgets.usedUp()).toEqual(expected);
});

test("a server that states no quota has no limits, but those that it answers with", () => {
  const { budgets } = budgetsAt();
  budgets.learn(1, undefined);
  for (let n = 0; n < 2_000; n++) budgets.spend(1, POST)();
  expect(budgets.usedUp()).toEqual({ all: [], background: [] });
  budgets.hold(1, 5);
  expect(budgets.usedUp()).toEqual({ all: [1], background: [] });
});
