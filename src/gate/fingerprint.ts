import type { Identity } from "../model/manifest.ts";
import type { Violation } from "../model/violation.ts";
import { sha256 } from "./sha256.ts";

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

/** What a violation is called in every tree: `spot` names policy and place, `fingerprint` also the values it rests on. */
export interface Marks {
  readonly spot: string;
  readonly fingerprint: string;
}

/** The message counts only where the rule read nothing, so that other words for the same fault are no news. */
export function marksOf(violation: Violation, identity: Identity, environment?: string): Marks {
  const { policy, rule, cause, message } = violation;
  const spot = JSON.stringify([policy, rule, identityKey(identity, environment), cause.stablePointer]);
  const rests = cause.reads === undefined ? { message } : { reads: cause.reads };
  return { spot, fingerprint: sha256(JSON.stringify([spot, rests])) };
}
