import { sweep } from "../../../src/app/jobs/sweep.ts";
import { startApp, type TestApp } from "../../support/app.ts";
import { startGitHub, type SimulatedGitHub } from "../../support/github/server.ts";
import type { Repository } from "../../support/github/state.ts";
import type { StoredStanding } from "../../../src/model/standing.ts";

/** One simulated GitHub and one App whose nights come when a test says so. */
export interface NightlyApp {
  readonly github: SimulatedGitHub;
  readonly app: TestApp;
  /** The time of the App's clock. */
  now(): Date;
  /** The day after so many days, as waivers name it. */
  day(after: number): string;
  /** Lets nights pass, and what they lead to come to its end. */
  nights(count?: number): Promise<void>;
  /** Has the App sweep, as every five minutes. */
  sweeps(): Promise<void>;
  /** All standings of a branch, the newest last. */
  standings(repository: Repository, branch?: string): Promise<readonly StoredStanding[]>;
  /** The value of a metric. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

const DAY = 86_400_000;

export async function startNightlyApp(): Promise<NightlyApp> {
  const github = await startGitHub();
  let noon = Date.parse(`${new Date().toISOString().slice(0, 10)}T12:00:00Z`);
  const app = await startApp(github, { sweepSeconds: 100_000, now: () => new Date(noon) });
  const { services, database } = app.server;
  const sweeps = async (): Promise<void> => {
    await sweep(services, 100_000);
    await app.idle();
  };
  return {
    github,
    app,
    now: () => new Date(noon),
    day: (after) => new Date(noon + after * DAY).toISOString().slice(0, 10),
    nights: async (count = 1) => {
      // A repository that is new is taken by the night that follows.
      await sweeps();
      for (let n = 0; n < count; n++) {
        noon += DAY;
        await sweeps();
      }
    },
    sweeps,
    standings: async ({ id }, branch = "main") => {
      const rows = await database.query<{ standing: StoredStanding["standing"]; commit: string; judged_at: string }>(
        "select standing, commit, judged_at from portcullis.standings where repository = $1 and branch = $2 order by id",
        [id, branch],
      );
      return rows.map(({ standing, commit, judged_at }) => ({
        repository: id,
        branch,
        commit,
        policies: "",
        rules: "",
        judgedAt: new Date(judged_at).toISOString(),
        standing,
      }));
    },
    metric: async (name) => {
      const text = await (await fetch(`${app.url}/metrics`)).text();
      const line = text.split("\n").find((one) => one.startsWith(`${name} `));
      return Number(line?.split(" ")[1] ?? Number.NaN);
    },
    stop: async () => {
      await app.stop();
      await github.close();
    },
  };
}
