import { expect, test } from "@jest/globals";
import { createMetrics } from "../../src/app/metrics.ts";

test("a scrape shows what the store holds now, not what it held at the scrape before", async () => {
  let stuck = 0;
  const metrics = createMetrics(async () => ({ waiting: 2, oldest: 30, stuck: stuck++, dead: 1 }));
  expect(await metrics.scrape()).toMatch(/^portcullis_check_runs_stuck 0$/m);
  const second = await metrics.scrape();
  expect(second).toMatch(/^portcullis_check_runs_stuck 1$/m);
  expect(second).toMatch(/^portcullis_work_waiting 2$/m);
  expect(second).toMatch(/^portcullis_work_oldest_seconds 30$/m);
  expect(second).toMatch(/^portcullis_deliveries_dead 1$/m);
});

test("a scrape answers while the store does not", async () => {
  const metrics = createMetrics(() => Promise.reject(new Error("connect ECONNREFUSED")));
  metrics.deliveries.inc({ answer: "503" });
  const text = await metrics.scrape();
  expect(text).toMatch(/^portcullis_deliveries_total\{answer="503"\} 1$/m);
  expect(text).toMatch(/^portcullis_check_runs_stuck nan$/im);
});
