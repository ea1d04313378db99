import { isDeepStrictEqual } from "node:util";
import { allowsMore, compareWaivers } from "../../gate/waivers/compare-waivers.ts";
import { waiverDigest } from "../../gate/waivers/match-waivers.ts";
import { readWaivers } from "../../gate/waivers/read-waivers.ts";
import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import type { Tree } from "../../model/tree.ts";
import type { ReportedWaiver, WaiverScope } from "../../model/waiver.ts";
import type { RulesNeed } from "./approval-needs.ts";
import { ownersOfMatching } from "./owners-of-matching.ts";
import type { PolicySet } from "./policy-set.ts";
import { weakeningFinding } from "./weakening.ts";

type Set_ = Extract<PolicySet, { readonly kind: "set" }>;

/**
 * The waivers that would count once a change is merged and that nobody has accepted, where it edits what decides which
 * files hold waivers and how long those may last: a file that was none may become one.
 */
export async function waiversOfProposal(
  inForce: Set_,
  proposed: Set_,
  { trusted, after, now }: { readonly trusted: Tree; readonly after: Tree; readonly now: string },
): Promise<readonly ReportedWaiver[]> {
  if (isDeepStrictEqual(inForce.config.waivers, proposed.config.waivers)) return [];
  const read = async (tree: Tree, { config, judge }: Set_) =>
    (await readWaivers(tree, { config: config.waivers, now, policies: judge.policies })).waivers;
  return compareWaivers(await read(trusted, inForce), await read(after, proposed)).flatMap((change) =>
    change.kind !== "removed" && allowsMore(change)
      ? [{ ...change.after, state: "proposed", change: change.kind, covers: 0, digest: waiverDigest(change.after) }]
      : [],
  );
}

/**
 * What a change needs an approval for because of the waivers that it proposes: each of the owners of every policy that it
 * may waive. `findings` show it at the lines of the waivers.
 */
export function waiverNeeds(
  inForce: Set_,
  { waivers = [] }: Pick<Report, "waivers">,
): { readonly needs: readonly RulesNeed[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const needs = waivers.flatMap((waiver): readonly RulesNeed[] => {
    const isOpen = waiver.state === "proposed" || waiver.state === "approved";
    // One that the change leaves as it is counts for nothing here, and is asked about where it is brought.
    if (!isOpen || waiver.change === undefined) return [];
    const { path, line, digest } = waiver;
    const what = `${verbOf(waiver)} ${nameOf(waiver.scope)} until ${waiver.expires}`;
    const finding = weakeningFinding(what, line, path);
    // Two waivers may read alike, and each has an approval of its own.
    const fingerprint = `${finding.fingerprint}-${digest.slice(0, 12)}`;
    if (findings.some((one) => one.fingerprint === fingerprint)) return [];
    findings.push({ ...finding, fingerprint });
    const pattern = waiver.scope.kind === "policy" ? waiver.scope.policy : undefined;
    return ownersOfMatching(inForce, pattern, () => path).map((owners) => ({
      what,
      key: `waiver ${digest} ${owners.join(" ")}`,
      path,
      line,
      owners,
      fingerprint,
      waiver: digest,
    }));
  });
  return { needs, findings };
}

function verbOf({ change }: ReportedWaiver): string {
  if (change === "widened") return "widens the waiver of";
  return change === "extended" ? "extends the waiver of" : "adds a waiver of";
}

function nameOf(scope: WaiverScope): string {
  if (scope.kind === "policy") return scope.policy;
  return scope.kind === "gap" ? "gaps" : `problems of the stage ${scope.stage}`;
}
