import { canonicalJson } from "../../manifest/canonical-json.ts";
import { pointerOf, stablePointerOf, type Path } from "../../manifest/pointer.ts";
import { sha256 } from "../../manifest/sha256.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Level, Policy } from "../../model/policy.ts";
import type { Violation } from "../../model/violation.ts";

/** The parts of a danger's violation; without `at` it is about the whole manifest. */
export interface DangerDraft {
  readonly policy: Policy;
  readonly level: Level;
  readonly message: string;
  /** The manifest and the place in it, or the place that `lacks` a field; absent: the manifest as a whole. */
  readonly at?: { readonly manifest: JsonObject; readonly path: Path; readonly lacks?: boolean };
  /** The values that it rests on; absent: the message is used in their place. */
  readonly reads?: Json;
}

/** Makes the violation of a danger. */
export function dangerViolation({ policy, level, message, at, reads }: DangerDraft): Violation {
  const path = at?.path ?? [];
  return {
    policy: policy.id,
    rule: level,
    level,
    message,
    cause: {
      pointer: pointerOf(path),
      stablePointer: at === undefined ? "" : stablePointerOf(at.manifest, path),
      precision: at === undefined ? "manifest" : at.lacks === true ? "parent" : "value",
      ...(reads === undefined ? {} : { reads: sha256(canonicalJson(reads)) }),
    },
    readsChange: true,
  };
}

/** `Deployment shop/web`. */
export function named({ kind, namespace, name }: { kind: string; namespace?: string; name: string }): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** `3 Deployments, 1 Service and 2 others`: the most frequent kinds first. */
export function counted(kinds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const sorted = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const shown = sorted.slice(0, 4).map(([kind, count]) => `${count} ${kind}`);
  const rest = sorted.slice(4).reduce((sum, [, count]) => sum + count, 0);
  const parts = rest === 0 ? shown : [...shown, `${rest} ${rest === 1 ? "other" : "others"}`];
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
