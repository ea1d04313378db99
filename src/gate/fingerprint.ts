import type { Finding } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import type { Identity } from "../model/manifest.ts";
import type { Source } from "../model/source.ts";
import type { Violation } from "../model/violation.ts";
import { sha256 } from "../manifest/sha256.ts";

/** What identifies an object: its identity, environment and source. */
interface Named {
  readonly identity: Identity;
  readonly environment?: string;
  readonly source?: string;
}

/** The key of an object in one environment, independent of its file. */
export function identityKey(identity: Identity, environment?: string): string {
  return JSON.stringify([
    environment ?? null,
    identity.group,
    identity.kind,
    identity.namespace ?? null,
    identity.name,
  ]);
}

/** The key of a source that lasts while others of its name come and go. */
export function sourceKey({ id, name, environments }: Pick<Source, "id" | "name" | "environments">): string {
  return JSON.stringify([name ?? id, environments]);
}

/** The suffix that Kustomize adds to generated names: ten characters of its digest alphabet. */
const contentSuffix = /-[2456789bcdfghkmt]{10}$/;

/** As `identityKey`, but with the source, and without the digest suffix of a generated ConfigMap or Secret. */
export function lastingKey({ identity, environment, source }: Named): string {
  const generated = source !== undefined && (identity.kind === "ConfigMap" || identity.kind === "Secret");
  if (!generated || !contentSuffix.test(identity.name)) return identityKey(identity, environment);
  return identityKey({ ...identity, name: identity.name.replace(contentSuffix, "-*") }, environment);
}

/**
 * Identifies a violation across trees and environments: policy, rule, object, place and the values it depends on. The
 * message counts only where the rule read no values, so that rewording does not make a new finding.
 */
export function fingerprintOf(
  { policy, rule, cause, message }: Violation,
  { identity, source }: Pick<Named, "identity" | "source">,
): string {
  const rests = cause.reads === undefined ? { message } : { reads: cause.reads };
  const name = lastingKey({ identity, ...(source === undefined ? {} : { source }) });
  return sha256(JSON.stringify([policy, rule, name, cause.stablePointer, rests]));
}

/** The fingerprint of a finding that is about one environment. */
export function inEnvironment(fingerprint: string, environment: string): string {
  return sha256(JSON.stringify([environment, fingerprint]));
}

/**
 * Identifies a cause by its place: `at` is how the place is known, `pointer` where in the object its value lands. The objects
 * that come of it do not count, so that it stays what it is while others join or leave.
 */
export function fingerprintOfCause(
  { policy, rule, pointer }: Pick<Finding, "policy" | "rule" | "pointer">,
  at: readonly Json[],
): string {
  return sha256(JSON.stringify(["cause", policy, rule, pointer.replaceAll(/\/\d+(?=\/|$)/g, "/*"), at]));
}

/** The fingerprint of the nth of several causes that only their order tells apart. */
export function nthOf(fingerprint: string, nth: number): string {
  return nth === 1 ? fingerprint : sha256(JSON.stringify([nth, fingerprint]));
}
