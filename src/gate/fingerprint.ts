import type { Identity } from "../model/manifest.ts";
import type { Violation } from "../model/violation.ts";
import { sha256 } from "../manifest/sha256.ts";

/** An object as it is named, and the source that yields it. */
interface Named {
  readonly identity: Identity;
  readonly environment?: string;
  readonly source?: string;
}

/** Names an object of one environment wherever its file lies. */
export function identityKey(identity: Identity, environment?: string): string {
  return JSON.stringify([
    environment ?? null,
    identity.group,
    identity.kind,
    identity.namespace ?? null,
    identity.name,
  ]);
}

/** The suffix that Kustomize gives to what it generates: ten of the sixteen characters that it writes a digest in. */
const contentSuffix = /-[2456789bcdfghkmt]{10}$/;

/** The same, but that a generated ConfigMap or Secret keeps its name when its content changes. */
export function lastingKey({ identity, environment, source }: Named): string {
  const generated = source !== undefined && (identity.kind === "ConfigMap" || identity.kind === "Secret");
  if (!generated || !contentSuffix.test(identity.name)) return identityKey(identity, environment);
  return identityKey({ ...identity, name: identity.name.replace(contentSuffix, "-*") }, environment);
}

/**
 * What a violation is called in every tree and environment: policy, rule, object, place and the values it rests on. The
 * message counts only where the rule read nothing, so that other words for the same fault are no news.
 */
export function fingerprintOf(
  { policy, rule, cause, message }: Violation,
  { identity, source }: Pick<Named, "identity" | "source">,
): string {
  const rests = cause.reads === undefined ? { message } : { reads: cause.reads };
  const name = lastingKey({ identity, ...(source === undefined ? {} : { source }) });
  return sha256(JSON.stringify([policy, rule, name, cause.stablePointer, rests]));
}

/** The fingerprint of a finding that belongs to one environment alone. */
export function inEnvironment(fingerprint: string, environment: string): string {
  return sha256(JSON.stringify([environment, fingerprint]));
}
