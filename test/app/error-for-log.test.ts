import { expect, test } from "@jest/globals";
import { RequestError } from "octokit";
import { causeOf, errorForLog } from "../../src/app/error-for-log.ts";
import { createLog } from "../../src/app/log.ts";
import { createLogOnce } from "../../src/app/log-once.ts";

const MARKER = "marker of a payload";

/** An error with all that libraries attach to one. */
function laden(error: Error): Error {
  const attached = { event: { payload: MARKER }, params: [MARKER], headers: { a: MARKER }, detail: MARKER };
  return Object.assign(error, attached);
}

function parseError(text: string): Error {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it was parsed");
}

function refused(): RequestError {
  const url = `https://api.github.example/repos/acme/shop/pulls/3?q=${encodeURIComponent(MARKER)}`;
  return new RequestError(`Validation Failed: {"value":"${MARKER}"}`, 422, {
    request: { method: "POST", url, headers: { "x-title": MARKER }, body: { title: MARKER } },
    response: {
      status: 422,
      url,
      headers: { "x-github-request-id": "ABCD:12", "x-other": MARKER },
      data: {
        message: "Validation Failed",
        errors: [
          { resource: "PullRequest", field: "title", code: "invalid", value: MARKER },
          "Line could not be resolved",
        ],
        documentation_url: "https://docs.github.example/rest",
        title: MARKER,
      },
    },
  });
}

test.each<[string, unknown]>([
  ["an error with a request and its headers", laden(new Error("broken"))],
  ["errors of several handlers", laden(new AggregateError([laden(new Error("a")), laden(new Error("b"))], MARKER))],
  ["a cause", new Error("broken", { cause: laden(new Error("deeper")) })],
  ["text that is not JSON", parseError(MARKER)],
  ["text of several lines that is not JSON", parseError(`{"a":\n"${MARKER}" 1}`)],
  ["a value that a database cannot read", Object.assign(new Error(`invalid input: "${MARKER}"`), { code: "22P02" })],
  ["a response of GitHub", refused()],
  ["a string", MARKER],
  ["an object", { title: MARKER }],
])("what the log says of %s holds nothing of a payload", (_, error) => {
  const lines: string[] = [];
  const log = createLog("trace", [], { write: (line) => lines.push(line) });
  log.error({ err: error }, "failed");
  if (error instanceof Error) {
    log.error(error);
    log.error(error, "failed");
    log.child({}).warn({ reason: error }, "failed");
  }
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join("")).not.toContain(MARKER);
  expect(causeOf(error)).not.toContain(MARKER);
});

test("what GitHub said is told with all that an operator needs", () => {
  expect(errorForLog(refused())).toMatchObject({
    message: "Validation Failed; PullRequest title invalid; Line could not be resolved",
    github: {
      status: 422,
      request: "POST /repos/acme/shop/pulls/3",
      docs: "https://docs.github.example/rest",
      id: "ABCD:12",
    },
  });
  expect(causeOf(refused())).toBe(
    "GitHub answered 422 to POST /repos/acme/shop/pulls/3: Validation Failed; PullRequest title invalid; Line could not be resolved",
  );
});

test("an error keeps its type, message, code and the place where it was thrown", () => {
  const error = Object.assign(new TypeError("broken\nsecond line"), { code: "ECODE" });
  const { stack, ...rest } = errorForLog(error);
  expect(rest).toEqual({ type: "TypeError", message: "broken", code: "ECODE" });
  expect(stack?.[0]).toMatch(/^at .*error-for-log\.test/);
  expect(causeOf(error)).toBe("TypeError ECODE: broken");
});

test("a cause is logged the 1st, 10th and 100th time within an hour, and again in the next", () => {
  const lines: object[] = [];
  let now = 0;
  const once = createLogOnce({ warn: (fields: object) => void lines.push(fields) }, () => now);
  for (let n = 0; n < 150; n++) once.warn("a", { cause: "a" }, "refused");
  once.warn("b", { cause: "b" }, "refused");
  now = 3_600_000;
  once.warn("a", { cause: "a" }, "refused");
  expect(lines).toEqual([
    { cause: "a", count: 1 },
    { cause: "a", count: 10 },
    { cause: "a", count: 100 },
    { cause: "b", count: 1 },
    { cause: "a", count: 1 },
  ]);
});

test("of many causes the oldest are forgotten, and those that still occur are not", () => {
  const lines: object[] = [];
  const once = createLogOnce({ warn: (fields: object) => void lines.push(fields) }, () => 0);
  once.warn("first", {}, "refused");
  once.warn("kept", {}, "refused");
  for (let n = 0; n < 499; n++) {
    once.warn(`cause ${n}`, {}, "refused");
    if (n === 200) once.warn("kept", {}, "refused");
  }
  lines.length = 0;
  once.warn("kept", {}, "refused");
  once.warn("first", {}, "refused");
  expect(lines).toEqual([{ count: 1 }]);
});
