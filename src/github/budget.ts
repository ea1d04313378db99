import { HeldBack } from "./failure.ts";

/** At most so many in any period of so many seconds. */
interface Limit {
  readonly most: number;
  readonly seconds: number;
}

/** What GitHub allows each installation, besides the quota that it states in every answer. */
export interface Limits {
  /** A read counts 1, a write 5. */
  readonly points: Limit;
  /** Requests that create something. */
  readonly creations: readonly Limit[];
  readonly concurrent: number;
}

/** As GitHub documents them. */
export const DOCUMENTED: Limits = {
  points: { most: 900, seconds: 60 },
  creations: [
    { most: 80, seconds: 60 },
    { most: 500, seconds: 3_600 },
  ],
  concurrent: 100,
};

/**
 * The seconds that a limit is taken to be longer than it is: a request arrives later than it is sent, so that a period of
 * GitHub's may hold more of them than one of ours.
 */
function slack({ seconds }: Limit): number {
  return Math.min(5, seconds / 12);
}

/** A job may start while the rest of each limit is enough for what few jobs take until their end. */
const ROOM = { points: 30, creations: 2, quota: 10 };

/** The share of each limit, and of the quota, that is kept for urgent work. */
const RESERVE = 0.25;

/** A request, as far as limits go. */
export interface Asked {
  readonly method: string;
  /** It only creates a token, which counts as a write and not as content. */
  readonly token?: boolean;
}

/** What GitHub said of the quota in an answer. */
export interface Quota {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the whole of it is there again. */
  readonly resetIn: number;
}

/** The requests of each installation, kept within GitHub's limits. */
export interface Budgets {
  /** Counts a request that is about to be sent. Throws HeldBack if it would go beyond a limit. Returns what ends it. */
  spend(installation: number, asked: Asked): () => void;
  /** Takes note of the quota; undefined if an answer stated none, as those of a server without limits. */
  learn(installation: number, quota: Quota | undefined): void;
  /** GitHub requires the installation to wait for so many seconds. */
  hold(installation: number, seconds: number): void;
  /** The installations for which no job should start now: none at all, or none that is not urgent. */
  usedUp(): { readonly all: readonly number[]; readonly background: readonly number[] };
}

/** What was sent, with the time in milliseconds and what it counts; oldest first. */
type Sent = { readonly at: number; readonly counts: number }[];

interface Account {
  readonly points: Sent;
  readonly creations: Sent;
  running: number;
  heldUntil: number;
  quota?: Omit<Quota, "resetIn"> & { readonly resetAt: number };
  /** Its server states no quota, so it has no limits. */
  unlimited: boolean;
}

/** How much a job or a request counts. */
interface Counts {
  readonly points: number;
  readonly creations: number;
}

/**
 * Creates the budgets of this process. Replicas know nothing of each other's requests: together they may meet GitHub's
 * limits, whose answers then hold back each of them. `now` is in milliseconds, of a clock that is never set.
 */
export function createBudgets(limits: Limits = DOCUMENTED, now: () => number = () => performance.now()): Budgets {
  const accounts = new Map<number, Account>();

  const accountOf = (installation: number): Account => {
    let account = accounts.get(installation);
    if (account === undefined) {
      account = { points: [], creations: [], running: 0, heldUntil: 0, unlimited: false };
      accounts.set(installation, account);
    }
    return account;
  };

  /** The seconds until `more` fits into this share of the limit. */
  const untilFits = (sent: Sent, limit: Limit, share: number, more: number): number => {
    const { most, seconds } = limit;
    const period = (seconds + slack(limit)) * 1_000;
    let sum = more;
    for (const { at, counts } of sent.toReversed()) {
      if (at <= now() - period) return 0;
      sum += counts;
      if (sum > most * share) return (at + period - now()) / 1_000;
    }
    return 0;
  };

  /** The seconds until so much more fits into this share of all limits. */
  const untilRoom = (account: Account, more: Counts, share: number): number => {
    if (account.unlimited) return 0;
    const points = untilFits(account.points, limits.points, share, more.points);
    if (more.creations === 0) return points;
    return Math.max(
      points,
      ...limits.creations.map((limit) => untilFits(account.creations, limit, share, more.creations)),
    );
  };

  const forget = (sent: Sent, periods: readonly Limit[]): void => {
    const oldest = now() - Math.max(...periods.map((limit) => limit.seconds + slack(limit))) * 1_000;
    while ((sent[0]?.at ?? oldest) < oldest) sent.shift();
  };

  const isHeld = (account: Account): boolean => account.heldUntil > now();

  const quotaLeft = ({ quota }: Account, share: number): boolean =>
    quota === undefined || quota.resetAt <= now() || quota.remaining - ROOM.quota >= quota.limit * (1 - share);

  const mayStart = (account: Account, share: number): boolean =>
    !isHeld(account) && quotaLeft(account, share) && untilRoom(account, ROOM, share) === 0;

  return {
    spend(installation, { method, token = false }) {
      const account = accountOf(installation);
      if (isHeld(account)) throw new HeldBack((account.heldUntil - now()) / 1_000);
      const points = method === "GET" || method === "HEAD" ? 1 : 5;
      const creations = method === "POST" && !token ? 1 : 0;
      const wait = untilRoom(account, { points, creations }, 1);
      if (wait > 0) throw new HeldBack(wait);
      if (!account.unlimited && account.running >= limits.concurrent) throw new HeldBack(1);
      forget(account.points, [limits.points]);
      forget(account.creations, limits.creations);
      account.points.push({ at: now(), counts: points });
      if (creations > 0) account.creations.push({ at: now(), counts: creations });
      account.running++;
      return () => account.running--;
    },
    learn(installation, quota) {
      const account = accountOf(installation);
      account.unlimited = quota === undefined;
      if (quota === undefined) delete account.quota;
      else {
        const { resetIn, ...rest } = quota;
        account.quota = { ...rest, resetAt: now() + resetIn * 1_000 };
      }
    },
    hold(installation, seconds) {
      const account = accountOf(installation);
      account.heldUntil = Math.max(account.heldUntil, now() + seconds * 1_000);
    },
    usedUp() {
      const all: number[] = [];
      const background: number[] = [];
      for (const installation of accounts.keys()) {
        const account = accountOf(installation);
        if (!mayStart(account, 1)) all.push(installation);
        else if (!mayStart(account, 1 - RESERVE)) background.push(installation);
      }
      return { all, background };
    },
  };
}
