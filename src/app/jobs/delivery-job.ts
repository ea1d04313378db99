import { failureOf } from "../../github/failure.ts";
import type { WaitingDelivery } from "../../store/deliveries.ts";
import { causeOf, singleErrorOf } from "../error-for-log.ts";
import type { Services, UsesQueue, UsesStore } from "../services.ts";

/** What `handleDelivery` needs. */
export type DeliveryServices = UsesStore<
  "abandonDelivery" | "findUnhandledDelivery" | "markDeliveryHandled" | "postponeDelivery"
> &
  UsesQueue & { readonly log: Pick<Services["log"], "debug" | "error" | "info" | "warn"> };

/** Passes an event to the handlers. It rejects with what they throw. */
export type Receive = (event: { id: string; name: string; payload: unknown }) => Promise<void>;

/** With the pauses between them, about two and a half hours: longer than most outages of GitHub. */
const MOST_ATTEMPTS = 12;
const SHORTEST_PAUSE = 5;
const LONGEST_PAUSE = 3_600;

/**
 * Passes a stored delivery to its handlers. If they throw, it is tried again after growing pauses, and in the end moved
 * to the dead deliveries. The log names the event, the delivery, the repository and the cause at the first attempt and
 * at the last, and never anything else of the payload.
 */
export async function handleDelivery(services: DeliveryServices, receive: Receive, guid: string): Promise<void> {
  const delivery = await services.store.findUnhandledDelivery(guid);
  if (delivery === undefined) return;
  services.log.debug({ delivery: guid, event: delivery.event }, "handling a delivery");
  let repository: string | undefined;
  try {
    const payload: unknown = JSON.parse(delivery.payload);
    repository = repositoryOf(payload);
    await receive({ id: guid, name: delivery.event, payload });
  } catch (thrown) {
    await retryLater(services, delivery, repository, singleErrorOf(thrown));
    return;
  }
  await services.store.markDeliveryHandled(guid);
}

async function retryLater(
  services: DeliveryServices,
  delivery: WaitingDelivery,
  repository: string | undefined,
  error: unknown,
): Promise<void> {
  const { guid, event } = delivery;
  const failure = failureOf(error);
  const attempts = delivery.attempts + 1;
  // Without a failure of GitHub or the network it is a bug, and the stack says where.
  const about = { delivery: guid, event, repository, cause: causeOf(error), ...(failure ? {} : { err: error }) };
  if (attempts >= MOST_ATTEMPTS) {
    await services.store.abandonDelivery(guid, { attempts, cause: about.cause, ...(repository ? { repository } : {}) });
    services.log.error({ ...about, attempts }, "a delivery could not be handled and is not tried again");
  } else {
    const seconds = Math.min(SHORTEST_PAUSE * 2 ** delivery.attempts, LONGEST_PAUSE);
    await postpone(services, guid, attempts, seconds);
    const message = "a delivery could not be handled and will be tried again";
    if (attempts === 1) services.log.warn({ ...about, attempts, seconds }, message);
    else services.log.debug({ delivery: guid, event, attempts, seconds }, message);
  }
}

async function postpone(services: DeliveryServices, guid: string, attempts: number, seconds: number): Promise<void> {
  await services.store.postponeDelivery(guid, attempts, seconds);
  await services.queue.send("delivery", { guid }, seconds);
}

function repositoryOf(payload: unknown): string | undefined {
  if (typeof payload !== "object" || payload === null || !("repository" in payload)) return undefined;
  const { repository } = payload;
  if (typeof repository !== "object" || repository === null || !("full_name" in repository)) return undefined;
  const { full_name: name } = repository;
  return typeof name === "string" && /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(name) ? name : undefined;
}
