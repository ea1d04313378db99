import { expect, test } from "@jest/globals";
import { createMetrics } from "../../src/app/metrics.ts";

test("a scrape shows what the store holds now, not what it held at the scrape before", async () => {
  let stuck = 0;
  const metrics = createMetrics(async () => ({
    backlog: [
      { urgent: true, waiting: 2, held: 1, oldest: 30 },
      { urgent: false, waiting: 0, held: 0, oldest: 0 },
    ],
    stuck: stuck++,
    dead: 1,
    unavailable: [],
    compared: [{ part: "deliveries", finished: 1_900_000_000 }],
    audited: 12,
    compliance: {
      repositories: { satisfied: 3, failing: 1, unjudged: 0 },
      failingPolicies: 2,
      failingControls: 5,
      waiversExpiring: 4,
      waiversExpired: 1,
      ending: 6,
      oldest: 1_900_000_000,
      issueTroubles: 0,
    },
  }));
  expect(await metrics.scrape()).toMatch(/^portcullis_check_runs_stuck 0$/m);
  const second = await metrics.scrape();
  expect(second).toMatch(/^portcullis_check_runs_stuck 1$/m);
  expect(second).toMatch(/^portcullis_work_waiting\{class="urgent"\} 2$/m);
  expect(second).toMatch(/^portcullis_work_waiting\{class="background"\} 0$/m);
  expect(second).toMatch(/^portcullis_work_held\{class="urgent"\} 1$/m);
  expect(second).toMatch(/^portcullis_work_oldest_seconds\{class="urgent"\} 30$/m);
  expect(second).toMatch(/^portcullis_deliveries_dead 1$/m);
  expect(second).toMatch(/^portcullis_audit_rows 12$/m);
  expect(second).toMatch(/^portcullis_compliance_repositories\{state="failing"\} 1$/m);
  expect(second).toMatch(/^portcullis_compliance_failing_controls 5$/m);
  expect(second).toMatch(/^portcullis_waivers_expiring 4$/m);
  expect(second).toMatch(/^portcullis_reconcile_timestamp_seconds\{part="deliveries"\} 1900000000$/m);
});

test("a scrape answers while the store does not", async () => {
  const metrics = createMetrics(() => Promise.reject(new Error("connect ECONNREFUSED")));
  metrics.deliveries.inc({ answer: "503" });
  const text = await metrics.scrape();
  expect(text).toMatch(/^portcullis_deliveries_total\{answer="503"\} 1$/m);
  expect(text).toMatch(/^portcullis_check_runs_stuck nan$/im);
});
