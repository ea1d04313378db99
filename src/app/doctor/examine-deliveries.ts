import type { HookDelivery } from "../../github/app-calls.ts";
import type { AppClient } from "../../github/app-client.ts";
import type { Diagnosis } from "../../model/diagnosis.ts";
import { attempt, duration, ok, unknown } from "./diagnosis.ts";

/** Of 100 each. GitHub keeps deliveries for three days (GitHub Enterprise Server: seven). */
const MOST_PAGES = 3;

/** How the last deliveries of webhooks went, as GitHub lists them. */
export async function examineDeliveries(
  app: Pick<AppClient, "readDeliveries">,
  now: number = Date.now(),
): Promise<readonly Diagnosis[]> {
  const reading = await attempt(readLast(app));
  if (reading.kind === "unread")
    return [unknown("webhook/deliveries", `the last deliveries cannot be read: ${reading.why}`)];
  const attempts = reading.value;
  const ago = (delivery: HookDelivery): string => `${duration(now - Date.parse(delivery.deliveredAt))} ago`;
  const accepted = attempts.filter(isAccepted);
  const [newest] = attempts;
  if (newest === undefined)
    return [
      unknown(
        "webhook/deliveries",
        "GitHub has delivered nothing in the past days",
        "if pull requests were opened or pushed to since: App settings → General → Webhook must be active",
      ),
    ];
  const delivered = new Set(accepted.map(({ guid }) => guid));
  const lost = attempts.filter(({ guid }) => !delivered.has(guid));
  const [last] = accepted;
  // The newest comes first in the list.
  const isOver = (delivery: HookDelivery): boolean =>
    last !== undefined && attempts.indexOf(last) < attempts.indexOf(delivery);
  const good =
    last === undefined ? [] : [ok("webhook/deliveries", `webhooks arrive: the last one was accepted ${ago(last)}`)];
  const total = new Set(attempts.map(({ guid }) => guid)).size;
  const kinds = KINDS.map((kind) => ({ kind, of: lost.filter((one) => kindOf(one) === kind) }));
  return [
    ...good,
    ...kinds.flatMap(({ kind, of }): readonly Diagnosis[] => {
      const [first] = of;
      if (first === undefined) return [];
      const events = new Set(of.map(({ guid }) => guid)).size;
      const statuses = [...new Set(of.flatMap(({ status }) => (status === 0 ? [] : [`HTTP ${status}`])))].toSorted();
      return [
        {
          code: `webhook/${kind.name}`,
          state: isOver(first) ? "warning" : "failure",
          found: `${share(events, total)} ${kind.found}${statuses.length === 0 ? "" : ` (${statuses.join(", ")})`}, the newest ${ago(first)}${isOver(first) ? "; later ones were accepted" : ""}`,
          next: kind.next,
        },
      ];
    }),
  ];
}

/** What went wrong with deliveries, by the status that GitHub lists. */
const KINDS = [
  {
    name: "wrong-secret",
    is: (status: number) => status === 401,
    found: "refused for a wrong signature",
    next: "make WEBHOOK_SECRET that of App settings → General → Webhook, and restart the server",
  },
  {
    name: "not-found",
    is: (status: number) => status === 404 || status === 405,
    found: "sent to what is no webhook endpoint",
    next: "correct the URL of the webhook, or the path that the proxy in front of the server passes on",
  },
  {
    name: "too-large",
    is: (status: number) => status === 413,
    found: "too large for what answered",
    next: "let the proxy in front of the server pass on bodies of 26 MB",
  },
  {
    name: "not-stored",
    is: (status: number) => status === 503,
    found: "not stored, or sent to a server that was not up",
    next: "look at the database and the log of the server",
  },
  {
    name: "unreachable",
    is: (status: number) => status === 0 || status >= 500,
    found: "unanswered",
    next: "check that GitHub can reach the URL: DNS, firewall, certificate, proxy. If the server was not running then, open a pull request and look again",
  },
  {
    name: "refused",
    is: () => true,
    found: "refused",
    next: "look at the log of the server, and at App settings → Advanced → Recent deliveries",
  },
] as const;

function share(events: number, total: number): string {
  if (total === 1) return "the only webhook of the past days was";
  return `${events === total ? "all" : events} of the last ${total} webhooks ${events === 1 ? "was" : "were"}`;
}

function kindOf({ status }: HookDelivery): (typeof KINDS)[number] | undefined {
  return KINDS.find(({ is }) => is(status));
}

function isAccepted({ status }: HookDelivery): boolean {
  return status >= 200 && status < 300;
}

async function readLast(app: Pick<AppClient, "readDeliveries">): Promise<readonly HookDelivery[]> {
  const all: HookDelivery[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { deliveries, next } = await app.readDeliveries(cursor);
    all.push(...deliveries);
    if (next === undefined) break;
    cursor = next;
  }
  return all;
}
