import { timestamp, type AppIdentity, type Installation, type World } from "../state.ts";
import type { JsonObject } from "../json.ts";
import { accountShape, nodeId } from "./account.ts";

const INSTALLED = "2024-01-01T00:00:00Z";

export function appShape(world: World, app: AppIdentity): JsonObject {
  const ours = app.id === world.app.id;
  return {
    id: app.id,
    slug: app.slug,
    client_id: ours ? world.app.clientId : `Iv1.${String(app.id).padStart(16, "0")}`,
    node_id: nodeId("A", app.id),
    owner: accountShape(world, world.app.owner),
    name: app.name,
    description: null,
    external_url: `${world.url}/external/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: INSTALLED,
    updated_at: INSTALLED,
    permissions: ours ? world.app.permissions : { checks: "write", metadata: "read" },
    events: ours ? world.app.events : [],
  };
}

export function installationShape(world: World, installation: Installation): JsonObject {
  return {
    id: installation.id,
    account: accountShape(world, installation.account),
    repository_selection: installation.repositories === undefined ? "all" : "selected",
    access_tokens_url: `${world.url}/api/v3/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.url}/api/v3/installation/repositories`,
    html_url: `${world.url}/organizations/${installation.account.login}/settings/installations/${installation.id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    client_id: world.app.clientId,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: installation.permissions,
    events: installation.events ?? world.app.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspended ? accountShape(world, installation.account) : null,
    suspended_at: installation.suspended ? timestamp(world.now()) : null,
  };
}

/** What every webhook of an App carries. */
export const simpleInstallation = (installation: Installation): JsonObject => ({
  id: installation.id,
  node_id: nodeId("MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u", installation.id),
});
