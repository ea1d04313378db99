import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, fetch } from "undici";
import { checkPayload } from "./description.ts";
import { background, nextId, timestamp, type Installation, type Repository, type World } from "./state.ts";
import type { Delivery, DeliveryPlan } from "./traffic.ts";
import type { JsonObject } from "./json.ts";

export const defaultPlan = (): DeliveryPlan => ({
  delay: 0,
  copies: 1,
  drop: () => false,
  reorderWithin: 0,
  timeout: 60_000,
});

/** A connection for each delivery: one that is kept may be closed by the server just when the next delivery is sent. */
const EACH_ITS_OWN = new Agent({ pipelining: 0 });

const gathered = new WeakMap<World, Delivery[]>();

const amount = (setting: number | ((delivery: Delivery) => number), delivery: Delivery): number =>
  typeof setting === "number" ? setting : setting(delivery);

/** The headers GitHub sends, signed over the very bytes of the body. */
export function signedHeaders(
  secret: string,
  event: string,
  guid: string,
  body: string,
  appId = 1,
): Record<string, string> {
  const hmac = (algorithm: string): string => createHmac(algorithm, secret).update(body).digest("hex");
  return {
    "content-type": "application/json",
    accept: "*/*",
    "user-agent": "GitHub-Hookshot/0000000",
    "x-github-delivery": guid,
    "x-github-event": event,
    "x-github-hook-id": String(appId),
    "x-github-hook-installation-target-id": String(appId),
    "x-github-hook-installation-target-type": "integration",
    "x-hub-signature": `sha1=${hmac("sha1")}`,
    "x-hub-signature-256": `sha256=${hmac("sha256")}`,
  };
}

async function send(world: World, delivery: Delivery): Promise<void> {
  await sleep(amount(world.delivery.delay, delivery), undefined, { ref: false });
  if (world.closed) return;
  delivery.deliveredAt = timestamp(world.now());
  if (world.webhookUrl === undefined || world.delivery.drop(delivery)) {
    delivery.status = world.webhookUrl === undefined ? "no webhook URL" : "failed to connect to host";
    return;
  }
  const body = JSON.stringify(delivery.payload);
  const started = performance.now();
  try {
    const response = await fetch(world.webhookUrl, {
      method: "POST",
      body,
      headers: signedHeaders(world.webhookSecret, delivery.event, delivery.guid, body, world.app.id),
      signal: AbortSignal.timeout(world.delivery.timeout),
      dispatcher: EACH_ITS_OWN,
    });
    delivery.answer = await response.text();
    delivery.statusCode = response.status;
    delivery.status = response.ok ? "OK" : response.statusText;
  } catch (error) {
    delivery.status =
      error instanceof Error && error.name === "TimeoutError" ? "timed out" : "failed to connect to host";
  }
  delivery.took = performance.now() - started;
}

async function dispatch(world: World, delivery: Delivery): Promise<void> {
  const copies = amount(world.delivery.copies, delivery);
  await Promise.all(Array.from({ length: copies }, () => send(world, delivery)));
}

async function dispatchGathered(world: World, wait: number): Promise<void> {
  await sleep(wait, undefined, { ref: false });
  const waiting = gathered.get(world) ?? [];
  gathered.delete(world);
  for (const delivery of waiting.toReversed()) await dispatch(world, delivery);
}

const ALWAYS = ["installation", "installation_repositories"];
const LARGEST_PAYLOAD = 25 * 1024 * 1024;

/** Sends one event to the App if its registration asks for it, GitHub's way: no second try, ever. */
export function emit(
  world: World,
  installation: Installation,
  event: string,
  payload: JsonObject & { readonly action?: string },
  repository?: Repository,
): Delivery | undefined {
  // An owner who suspends an installation is heard of, and then nothing more.
  const silent = installation.suspended && event !== "installation";
  if (silent || !(ALWAYS.includes(event) || world.app.events.includes(event))) return undefined;
  const complaint = checkPayload(event, payload.action, JSON.parse(JSON.stringify(payload)));
  if (complaint !== undefined)
    world.violations.push({ where: "webhook", operation: `${event}.${payload.action ?? ""}`, message: complaint });
  if (Buffer.byteLength(JSON.stringify(payload)) > LARGEST_PAYLOAD) return undefined;
  const delivery: Delivery = {
    id: nextId(world),
    guid: randomUUID(),
    event,
    action: payload.action ?? null,
    payload,
    redelivery: false,
    installationId: installation.id,
    repositoryId: repository?.id ?? null,
    deliveredAt: timestamp(world.now()),
    statusCode: 0,
    status: "pending",
    took: 0,
    answer: "",
  };
  world.deliveries.push(delivery);
  const wait = world.delivery.reorderWithin;
  if (wait <= 0) background(world, dispatch(world, delivery));
  else {
    const waiting = gathered.get(world);
    if (waiting !== undefined) waiting.push(delivery);
    else {
      gathered.set(world, [delivery]);
      background(world, dispatchGathered(world, wait));
    }
  }
  return delivery;
}

/** The same GUID again, as the button and the API do. */
export function redeliver(world: World, delivery: Delivery): Delivery {
  const again: Delivery = {
    ...delivery,
    id: nextId(world),
    redelivery: true,
    statusCode: 0,
    status: "pending",
    took: 0,
    answer: "",
  };
  world.deliveries.push(again);
  background(world, dispatch(world, again));
  return again;
}
