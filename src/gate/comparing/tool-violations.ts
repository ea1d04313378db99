import type { DesiredState } from "../../render/desired-state.ts";
import type { JudgedManifest } from "../judged-source.ts";
import type { Comparison } from "./classify.ts";
import type { Draft } from "./drafts.ts";
import { fingerprintOf, lastingKey } from "../fingerprint.ts";

/** Compares the violations that planning found in GitOps objects, before and after, by object. */
export function compareToolViolations(
  before: DesiredState,
  after: DesiredState,
  draft: (manifest: JudgedManifest) => readonly Draft[],
): readonly Comparison[] {
  const groups = new Map<string, { before: Draft[]; after: Draft[] }>();
  for (const [side, { violations }] of [["before", before] as const, ["after", after] as const]) {
    for (const violation of violations) {
      const judged = judgedOf(violation);
      const key = lastingKey(judged);
      const group = groups.get(key) ?? { before: [], after: [] };
      groups.set(key, group);
      group[side].push(...draft(judged));
    }
  }
  return [...groups.values()];
}

function judgedOf({ manifest, place: at, violation }: DesiredState["violations"][number]): JudgedManifest {
  const { identity, apiVersion, position, environment, source } = manifest;
  const { path, place, precision } = at;
  return {
    identity,
    apiVersion,
    position,
    ...(environment === undefined ? {} : { environment }),
    ...(source === undefined ? {} : { source }),
    violations: [
      {
        violation,
        place,
        ...(path === position.path ? {} : { path }),
        ...(precision === undefined ? {} : { precision }),
        fingerprint: fingerprintOf(violation, manifest),
      },
    ],
    excepted: 0,
  };
}
