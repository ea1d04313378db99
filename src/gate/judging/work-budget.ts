import type { Problem } from "../../model/problem.ts";

/** What one judgement may take, over both trees. */
export interface WorkLimits {
  /** Manifests that are judged because of the change, each counted once for every environment and source that yields it. */
  readonly manifests: number;
  /** Characters that all sources print. */
  readonly bytes: number;
  /** Sources that are rendered. */
  readonly sources: number;
}

const DEFAULTS: WorkLimits = { manifests: 100_000, bytes: 2 * 1024 ** 3, sources: 40_000 };

/** How long one judgement may take. */
export interface JudgementDeadline {
  readonly seconds: number;
  /** Seconds since the judgement began. */
  readonly elapsed: () => number;
}

/** Work of one contributor: a file or a source. */
export type Work = Partial<WorkLimits>;

/** Thrown where a judgement would take more work than it may; the check turns it into one problem. */
export class BudgetError extends Error {
  override readonly name = "BudgetError";
  readonly problem: Problem;
  constructor(message: string) {
    super(message);
    this.problem = { stage: "read", message };
  }
}

/** Counts the work of one judgement. */
export interface WorkBudget {
  /** Throws a BudgetError that names the largest contributors once there is too much. */
  spend(contributor: string, work: Work): void;
  /** The same for work that is done once however often it is asked for. */
  spendOnce(key: string, contributor: string, work: Work): void;
}

/** Makes a budget for one judgement. `subject` is what is judged, such as "the change". */
export function workBudget(
  subject: string,
  limits: Partial<WorkLimits> = {},
  deadline?: JudgementDeadline,
): WorkBudget {
  const most = { ...DEFAULTS, ...limits };
  const total = { manifests: 0, bytes: 0, sources: 0 };
  const spent = new Map<string, Required<Work>>();
  const seen = new Set<string>();
  const largest = (by: keyof WorkLimits): string =>
    [...spent]
      .filter(([, work]) => work[by] > 0)
      .toSorted(([a, { [by]: m }], [b, { [by]: n }]) => n - m || (a < b ? -1 : 1))
      .slice(0, 3)
      .map(([name, work]) => `${name} (${shown(by, work[by])})`)
      .join(", ");
  const refuse = (what: string, by: keyof WorkLimits): never => {
    const named = largest(by);
    throw new BudgetError(
      `${subject} ${what}, so it was not judged${named === "" ? "" : `; those that ${by === "bytes" ? "print" : "yield"} most: ${named}`}`,
    );
  };
  const spend = (contributor: string, work: Work): void => {
    const own = spent.get(contributor) ?? { manifests: 0, bytes: 0, sources: 0 };
    const next = { ...own };
    for (const by of dimensions) {
      next[by] += work[by] ?? 0;
      total[by] += work[by] ?? 0;
    }
    spent.set(contributor, next);
    if (total.manifests > most.manifests) refuse(`yields more than ${most.manifests} manifests`, "manifests");
    if (total.bytes > most.bytes) refuse(`makes sources print more than ${shown("bytes", most.bytes)}`, "bytes");
    if (total.sources > most.sources) refuse(`has more than ${most.sources} sources`, "bytes");
    if (deadline !== undefined && deadline.elapsed() > deadline.seconds)
      refuse(`takes more than ${deadline.seconds} seconds (--deadline)`, "bytes");
  };
  return {
    spend,
    spendOnce(key, contributor, work) {
      if (seen.has(key)) return spend(contributor, {});
      seen.add(key);
      spend(contributor, work);
    },
  };
}

const dimensions = ["manifests", "bytes", "sources"] as const;

function shown(by: keyof WorkLimits, amount: number): string {
  return by === "bytes" ? `${Math.ceil(amount / 1024 / 1024)} MiB` : `${amount}`;
}
