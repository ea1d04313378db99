import type { Identity } from "../model/manifest.ts";
import type { Violation } from "../model/violation.ts";
import { sha256 } from "../manifest/sha256.ts";

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

/**
 * What a violation is called in every tree: policy, rule, object, place and the values it rests on. The message counts
 * only where the rule read nothing, so that other words for the same fault are no news.
 */
export function fingerprintOf(
  { policy, rule, cause, message }: Violation,
  identity: Identity,
  environment?: string,
): string {
  const rests = cause.reads === undefined ? { message } : { reads: cause.reads };
  return sha256(JSON.stringify([policy, rule, identityKey(identity, environment), cause.stablePointer, rests]));
}
