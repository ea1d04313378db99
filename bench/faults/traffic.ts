// What people do while something fails, and what came of it.
import { setTimeout as sleep } from "node:timers/promises";
import { deployment } from "../../test/support/fleet.ts";
import type { CheckRun, PullRequest } from "../../test/support/github/state.ts";
import { readExternalId } from "../../src/app/publish/check-run.ts";
import type { Cluster } from "./cluster.ts";

/** Pull requests by whether their newest head breaks a rule, and every head that they had. */
export interface Traffic {
  readonly newest: ReadonlyMap<PullRequest, boolean>;
  readonly heads: ReadonlyMap<string, boolean>;
  /** Opens so many pull requests, each so many milliseconds after the one before, and pushes to every third. */
  run(count: number, pause: number): Promise<void>;
}

/** Starts with no pull requests. */
export function startTraffic({ github, repositories }: Cluster): Traffic {
  const newest = new Map<PullRequest, boolean>();
  const heads = new Map<string, boolean>();
  let number = 0;
  /** Both heads of a pull request change the same file. */
  const change = (n: number, bad: boolean, push = 0): Readonly<Record<string, string>> => {
    const name = `a${Math.floor(n / repositories.length) % 10}`;
    return { [`apps/${name}.yaml`]: deployment(bad ? `nginx${push}:latest` : `nginx:${push + 1}.${28 + n}`, name) };
  };
  const note = (pull: PullRequest, head: string, bad: boolean): void => {
    newest.set(pull, bad);
    heads.set(head, bad);
  };
  return {
    newest,
    heads,
    async run(count, pause) {
      for (let n = 0; n < count; n++) {
        const own = number++;
        const repository = repositories[own % repositories.length];
        if (repository === undefined) throw new Error("no repository");
        const bad = own % 4 === 0;
        const pull = await github.proposeFiles(repository, change(own, bad));
        note(pull, pull.headSha, bad);
        if (own % 3 === 0) {
          const stays = bad && own % 8 === 4;
          note(pull, await github.pushToPull(pull, change(own, stays, 1)), stays);
        }
        await sleep(pause);
      }
    },
  };
}

/** What came of it. */
export interface Tally {
  readonly deliveries: number;
  readonly heads: number;
  /** Open pull requests whose newest head has no run in the end, or not the right one. */
  readonly lost: readonly string[];
  /** Concluded runs beside another one for the same head, base branch and rules; comments that say the same. */
  readonly doubled: readonly string[];
  /** Runs that say the opposite of what is right. */
  readonly wrong: readonly string[];
  /** Runs that refused a head because it could not be judged; another one has the verdict. */
  readonly refused: number;
}

const NOT_JUDGED = "Gate could not evaluate";

function isRight(run: CheckRun | undefined, bad: boolean): boolean {
  return (
    run?.status === "completed" &&
    run.title !== NOT_JUDGED &&
    (bad ? run.conclusion === "failure" : run.conclusion === "success")
  );
}

/** Whether every open pull request shows the right verdict. */
export function allRight({ github }: Cluster, { newest }: Traffic): boolean {
  return [...newest].every(
    ([pull, bad]) => pull.state === "closed" || isRight(github.runsOf(pull, "portcullis").at(-1), bad),
  );
}

/** Counts what was lost, doubled or wrong. */
export function tally({ github }: Cluster, { newest, heads }: Traffic): Tally {
  const lost: string[] = [];
  const doubled: string[] = [];
  const wrong: string[] = [];
  let refused = 0;
  for (const [pull, bad] of newest) {
    const runs = github.runsOf(pull, "portcullis");
    const last = runs.at(-1);
    if (pull.state === "open" && !isRight(last, bad))
      lost.push(`#${pull.number} of ${pull.base}: ${last?.status ?? "no run"} ${last?.conclusion} ${last?.title}`);
    const said = pull.reviewComments.map(({ path, line, body }) => `${path}:${line} ${body}`);
    if (new Set(said).size < said.length) doubled.push(`comments on #${pull.number}`);
  }
  for (const { runs, name } of github.world.repositories) {
    const seen = new Set<string>();
    for (const run of runs) {
      const bad = heads.get(run.headSha);
      if (bad === undefined || run.status !== "completed" || run.title === "Superseded") continue;
      if (run.title === NOT_JUDGED) {
        refused++;
        continue;
      }
      const { subject, into, policies } = readExternalId(run.externalId ?? "") ?? {};
      const key = [subject, run.headSha, into, policies].join(" ");
      if (seen.has(key)) doubled.push(`runs of ${name} ${key}`);
      seen.add(key);
      if (!isRight(run, bad)) wrong.push(`${name} ${run.headSha.slice(0, 8)}: ${run.conclusion}: ${run.title}`);
    }
  }
  return { deliveries: github.deliveries.length, heads: heads.size, lost, doubled, wrong, refused };
}
