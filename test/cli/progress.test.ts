import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { progressLine } from "../../src/cli/progress.ts";

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A stream that keeps what is written. */
function stream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string): boolean => written.push(text.replace("\r\u001b[K", "")) > 0 };
}

test("long work says within two seconds what it does, also after a message, and nothing once it has ended", () => {
  const terminal = stream(true);
  const progress = progressLine(terminal, "reading", "judged");
  jest.advanceTimersByTime(2000);
  expect(terminal.written).toEqual(["reading"]);
  progress.clear();
  jest.advanceTimersByTime(2000);
  progress(3, 9);
  progress.end();
  jest.advanceTimersByTime(9000);
  expect(terminal.written).toEqual(["reading", "", "reading", "judged 3 of 9 files", ""]);
});

test("a log and short work get no progress line", () => {
  const [log, terminal] = [stream(false), stream(true)];
  const progress = progressLine(log, "reading");
  jest.advanceTimersByTime(9000);
  progress(1, 2);
  progress.end();
  const short = progressLine(terminal, "reading");
  short(1, 2);
  short.end();
  expect([log.written, terminal.written]).toEqual([[], []]);
});
