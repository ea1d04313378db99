import { expect, test } from "@jest/globals";
import { checkProgress } from "../../../src/app/publish/progress.ts";

const place = { owner: "acme", repo: "shop" };

function progressAt(annotate: () => Promise<void> = async () => {}) {
  let now = 0;
  const sent: string[] = [];
  const progress = checkProgress(
    {
      annotate: (_place, runId, { summary }) => {
        sent.push(`${runId}: ${summary}`);
        return annotate();
      },
    },
    place,
    5,
    () => now,
  );
  return {
    sent,
    stop: () => progress.stop(),
    at: (seconds: number) => ((now = seconds * 1_000), progress.onProgress(seconds, 100)),
  };
}

const line = (done: number) =>
  `5: Judging the state that would exist after the merge: ${done} of 100 files and sources so far.`;

test("a judgement says how far it is after ten seconds, and then every thirty", async () => {
  const { sent, at } = progressAt();
  for (let seconds = 1; seconds <= 75; seconds += 1) {
    at(seconds);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(sent).toEqual([line(10), line(40), line(70)]);
});

test("nothing is sent after it was stopped, which waits for what is under way", async () => {
  let arrived = (): void => {};
  const { sent, at, stop } = progressAt(() => new Promise((done) => (arrived = done)));
  at(10);
  at(50);
  let stopped = false;
  const stopping = stop().then(() => (stopped = true));
  await Promise.resolve();
  expect(stopped).toBe(false);
  arrived();
  await stopping;
  at(100);
  expect(sent).toEqual([line(10)]);
});

test("a request that fails is not repeated and does no harm", async () => {
  const { sent, at, stop } = progressAt(() => Promise.reject(new Error("limited")));
  at(10);
  await stop();
  expect(sent).toHaveLength(1);
});
