import { randomBytes } from "node:crypto";
import { allows } from "../access.ts";
import {
  installationOf,
  notFound,
  ok,
  page,
  reaches,
  refuse,
  textOf,
  type Asked,
  type Answer,
  type Routes,
} from "../answer.ts";
import { redeliver } from "../deliveries.ts";
import { appShape, installationShape } from "../shapes/installation.ts";
import { repositoryShape } from "../shapes/repository.ts";
import { timestamp, type Installation, type InstallationToken, type Permission, type Permissions } from "../state.ts";
import type { Delivery } from "../traffic.ts";
import type { JsonObject } from "../json.ts";

const HOUR = 3_600_000;

interface TokenBody {
  readonly repositories?: readonly string[];
  readonly repository_ids?: readonly number[];
  readonly permissions?: Permissions;
}

const base64url = (bytes: number): string => randomBytes(bytes).toString("base64url");

function findInstallation({ world, path }: Asked): Installation | undefined {
  return world.installations.find((candidate) => candidate.id === Number(path["installation_id"]));
}

function createToken(asked: Asked): Answer {
  const { world } = asked;
  const installation = findInstallation(asked);
  if (installation === undefined) return notFound();
  if (installation.suspended) return refuse(403, "This installation has been suspended");
  const body = asked.body as unknown as TokenBody;
  const within = world.repositories.filter((repository) => reaches(installation, repository));
  const asksFor = body.repository_ids !== undefined || body.repositories !== undefined;
  const chosen = within.filter(
    (repository) =>
      body.repository_ids?.includes(repository.id) === true || body.repositories?.includes(repository.name) === true,
  );
  const wanted = (body.repository_ids?.length ?? 0) + (body.repositories?.length ?? 0);
  if (asksFor && chosen.length < wanted) {
    return refuse(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  const granted = installation.permissions;
  const beyond = Object.entries(body.permissions ?? {}).filter(([name, access]) => !allows(granted[name], access));
  if (beyond.length > 0) return refuse(422, "The permissions requested are not granted to this installation.");
  const permissions: Record<string, Permission> = { ...(body.permissions ?? granted), metadata: "read" };
  const token: InstallationToken = {
    // The long form, rolled out in 2026: whoever cuts tokens at 40 characters notices here.
    token: `ghs_${world.app.id}_${base64url(30)}.${base64url(150)}.${base64url(64)}`,
    installation,
    permissions,
    expiresAt: world.now().getTime() + HOUR,
    ...(asksFor && { repositories: new Set(chosen.map((repository) => repository.id)) }),
  };
  world.tokens.set(token.token, token);
  const listed = asksFor ? { repositories: chosen.map((repository) => repositoryShape(world, repository)) } : {};
  const selection = asksFor || installation.repositories !== undefined ? "selected" : "all";
  return ok(
    {
      token: token.token,
      expires_at: timestamp(new Date(token.expiresAt)),
      permissions,
      repository_selection: selection,
      ...listed,
    },
    201,
  );
}

function deliveryShape(delivery: Delivery): JsonObject {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: Math.round(delivery.took) / 1000,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** GitHub's ids of deliveries are too large for a JavaScript number. */
const FIRST_DELIVERY = 3_804_004_623_172_000_000n;

const withLargeIds = (answer: Answer): Answer => ({
  ...answer,
  text: JSON.stringify(answer.body).replaceAll(
    /"id":(\d+),"guid"/g,
    (_, id: string) => `"id":${FIRST_DELIVERY + BigInt(id)},"guid"`,
  ),
});

function listDeliveries(asked: Asked): Answer {
  const { world, query } = asked;
  const size = Number(query["per_page"] ?? 30);
  const all = world.deliveries.filter((delivery) => delivery.status !== "pending").toReversed();
  const from = query["cursor"] === undefined ? 0 : all.findIndex((delivery) => `v1_${delivery.id}` === query["cursor"]);
  if (from < 0) return refuse(422, "Invalid cursor");
  const next = all[from + size];
  const link =
    next === undefined ? undefined : { link: `<${asked.url}?per_page=${size}&cursor=v1_${next.id}>; rel="next"` };
  return withLargeIds(
    ok(
      all.slice(from, from + size).map((delivery) => deliveryShape(delivery)),
      200,
      link,
    ),
  );
}

/** By the digits in the address: the parameter was turned into a number, which is inexact. */
function findDelivery({ world, url }: Asked): Delivery | undefined {
  const digits = /\/deliveries\/(\d+)/.exec(url)?.[1] ?? "0";
  return world.deliveries.find((delivery) => FIRST_DELIVERY + BigInt(delivery.id) === BigInt(digits));
}

export const appRoutes: Routes = {
  "apps/get-authenticated": {
    by: ["app"],
    plain: ({ world }) => ok({ ...appShape(world, world.app), installations_count: world.installations.length }),
  },
  "apps/list-installations": {
    by: ["app"],
    plain: (asked) =>
      page(
        asked,
        asked.world.installations.map((installation) => installationShape(asked.world, installation)),
      ),
  },
  "apps/get-installation": {
    by: ["app"],
    plain: (asked) => {
      const installation = findInstallation(asked);
      return installation === undefined ? notFound() : ok(installationShape(asked.world, installation));
    },
  },
  "apps/get-repo-installation": {
    needs: ["app", "read"],
    ofRepository: ({ world, repository }) => {
      const installation = installationOf(world, repository);
      return installation === undefined ? notFound() : ok(installationShape(world, installation));
    },
  },
  "apps/create-installation-access-token": { by: ["app"], plain: createToken },
  "apps/list-repos-accessible-to-installation": {
    by: ["installation"],
    plain: (asked) => {
      const { world, actor } = asked;
      if (actor.kind !== "installation") return notFound();
      const { token } = actor;
      const within = world.repositories.filter(
        (repository) => reaches(token.installation, repository) && (token.repositories?.has(repository.id) ?? true),
      );
      const items = within.map((repository) => repositoryShape(world, repository));
      return page(asked, items, (repositories) => ({
        total_count: items.length,
        repository_selection: token.repositories ? "selected" : "all",
        repositories,
      }));
    },
  },
  "apps/create-from-manifest": {
    by: ["anonymous", "app", "person"],
    plain: ({ world, path }) => {
      const manifest = world.registrations.get(String(path["code"]));
      if (manifest === undefined) return notFound();
      // A code is valid once.
      world.registrations.delete(String(path["code"]));
      const { name, url, description = null, default_permissions: permissions, default_events: events } = manifest;
      return ok(
        {
          ...appShape(world, world.app),
          name,
          description,
          external_url: url,
          permissions,
          events: [...events],
          client_id: world.app.clientId,
          client_secret: "c".repeat(40),
          webhook_secret: world.toldSecret === undefined ? world.webhookSecret : world.toldSecret,
          pem: world.privateKey,
        },
        201,
      );
    },
  },
  "apps/update-webhook-config-for-app": {
    by: ["app"],
    plain: ({ world, body }) => {
      if (body["secret"] !== undefined) world.webhookSecret = textOf(body, "secret");
      const url = world.webhookUrl === undefined ? {} : { url: world.webhookUrl };
      return ok({ ...url, content_type: "json", secret: "********", insecure_ssl: "0" });
    },
  },
  "apps/get-webhook-config-for-app": {
    by: ["app"],
    plain: ({ world }) => {
      const { contentType, signed, insecureSsl } = world.hook;
      return ok({
        ...(world.webhookUrl !== undefined && { url: world.webhookUrl }),
        content_type: contentType,
        ...(signed && { secret: "********" }),
        insecure_ssl: insecureSsl,
      });
    },
  },
  "apps/list-webhook-deliveries": { by: ["app"], plain: listDeliveries },
  "apps/get-webhook-delivery": {
    by: ["app"],
    plain: (asked) => {
      const delivery = findDelivery(asked);
      if (delivery === undefined) return notFound();
      const request = {
        headers: { "X-GitHub-Delivery": delivery.guid, "X-GitHub-Event": delivery.event },
        payload: delivery.payload,
      };
      return withLargeIds(
        ok({
          ...deliveryShape(delivery),
          url: asked.world.webhookUrl ?? "",
          request,
          response: { headers: {}, payload: delivery.answer },
        }),
      );
    },
  },
  "apps/redeliver-webhook-delivery": {
    by: ["app"],
    plain: (asked) => {
      const delivery = findDelivery(asked);
      if (delivery === undefined) return notFound();
      redeliver(asked.world, delivery);
      return ok({}, 202);
    },
  },
  "rate-limit/get": {
    by: ["app", "installation", "person", "anonymous"],
    plain: ({ world }) => {
      const { limit, used, resetAt } = world.rate;
      const core = { limit, used, remaining: Math.max(0, limit - used), reset: resetAt };
      return ok({ resources: { core, search: core, graphql: core }, rate: core });
    },
  },
};
