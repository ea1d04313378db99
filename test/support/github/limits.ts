import { liveToken } from "./access.ts";
import type { World } from "./state.ts";
import type { Counted, Fault } from "./traffic.ts";

interface Asked {
  readonly method: string;
  readonly operation: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

const MINT = "apps/create-installation-access-token";

/** GitHub gives the whole quota again at the time that it states. */
function renewQuota(world: World): void {
  const seconds = world.now().getTime() / 1_000;
  if (seconds < world.rate.resetAt) return;
  world.rate.used = 0;
  world.rate.resetAt = Math.floor(seconds) + 3_600;
}

function installationOf(world: World, { operation, path, authorization }: Asked): number | undefined {
  if (operation === MINT) return Number(/\d+/.exec(path)?.[0]);
  return liveToken(world, (authorization ?? "").replace(/^(bearer|token) /i, ""))?.installation.id;
}

/** Counts a request, and answers after how many seconds it would be within the secondary limits: 0 if it is. */
function secondsOver(world: World, asked: Asked): number {
  const { secondary } = world;
  const installation = installationOf(world, asked);
  if (secondary === undefined || installation === undefined) return 0;
  const at = Date.now();
  const counted = world.counted.get(installation) ?? [];
  world.counted.set(installation, counted);
  const reads = asked.method === "GET" || asked.method === "HEAD";
  counted.push({ at, points: reads ? 1 : 5, creates: asked.method === "POST" && asked.operation !== MINT });
  const over = (limit: { most: number; seconds: number }, count: (one: Counted) => number): number => {
    const within = counted.filter((one) => one.at > at - limit.seconds * 1_000);
    const sum = within.reduce((before, one) => before + count(one), 0);
    return sum > limit.most ? Math.ceil(((within[0]?.at ?? at) + limit.seconds * 1_000 - at) / 1_000) : 0;
  };
  const creates = counted.at(-1)?.creates === true;
  return Math.max(
    over(secondary.points, ({ points }) => points),
    ...secondary.creations.map((limit) => (creates ? over(limit, (one) => (one.creates ? 1 : 0)) : 0)),
  );
}

/** What GitHub refuses a request with that is beyond its limits. */
export function overLimit(world: World, asked: Asked): Fault | undefined {
  renewQuota(world);
  const { limit, used, resetAt } = world.rate;
  if (asked.operation === "rate-limit/get") return undefined;
  if (used >= limit) return { kind: "rate-limit", resetIn: resetAt - world.now().getTime() / 1_000 };
  const seconds = secondsOver(world, asked);
  return seconds > 0 ? { kind: "secondary-limit", retryAfter: seconds } : undefined;
}
