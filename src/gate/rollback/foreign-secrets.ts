import { isObject } from "../../manifest/identity.ts";
import type { StateOverview } from "../../model/builtin-check.ts";
import type { Change } from "../../model/change.ts";
import type { Json } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Loss } from "../../model/rollback.ts";
import { manifestOf } from "./environment-states.ts";
import { objectName } from "./object-name.ts";

/** Kinds that a controller makes a Secret of the same name from. */
const makers = new Set(["ExternalSecret", "SealedSecret", "VaultStaticSecret", "Certificate"]);

/**
 * Secrets that what comes back uses and that Git does not hold: they keep the value of now, whatever it was then. `after` is the
 * desired state that going back makes.
 */
export function foreignSecrets(changes: readonly Change[], after: StateOverview): readonly Loss[] {
  const used = new Map<string, { readonly manifest: Manifest; readonly name: string }>();
  for (const change of changes) {
    if (change.kind === "deleted") continue;
    const manifest = manifestOf(change);
    for (const name of secretsIn(manifest.value)) {
      const key = keyOf(manifest.environment, manifest.identity.namespace, name);
      if (!used.has(key)) used.set(key, { manifest, name });
    }
  }
  if (used.size === 0) return [];
  const held = new Map<string, string>();
  for (const { identity, environment } of after.manifests) {
    const { kind, namespace, name } = identity;
    if (kind === "Secret" || makers.has(kind)) held.set(keyOf(environment, namespace, name), kind);
  }
  return [...used].flatMap(([key, { manifest, name }]): readonly Loss[] => {
    const kind = held.get(key);
    if (kind === "Secret" || kind === "SealedSecret") return [];
    const message =
      kind === undefined
        ? `uses the Secret ${name}, which is not in Git: its value stays what it is now`
        : `uses the Secret ${name}, which ${kind} ${name} makes of something outside Git: its value stays what it is now`;
    return [{ kind: "secret", manifest: objectName(manifest), message }];
  });
}

function keyOf(environment: string | undefined, namespace: string | undefined, name: string): string {
  return JSON.stringify([environment ?? null, namespace ?? null, name]);
}

/** The names of Secrets that the containers and volumes of an object take values from. */
function secretsIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(secretsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (!isObject(item)) return secretsIn(item);
    const name = key === "secretKeyRef" || key === "secretRef" ? item["name"] : undefined;
    const volume = key === "secret" ? (item["secretName"] ?? item["name"]) : undefined;
    const found = [name, volume].filter((one): one is string => typeof one === "string" && one !== "");
    return [...(item["optional"] === true ? [] : found), ...secretsIn(item)];
  });
}
