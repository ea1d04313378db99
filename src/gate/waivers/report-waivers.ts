import { sha256 } from "../../manifest/sha256.ts";
import type { WaiversConfig } from "../../model/config.ts";
import type { Finding } from "../../model/finding.ts";
import type { ReportedWaiver, Waiver, WaiverChange } from "../../model/waiver.ts";
import type { LevelOf } from "../levels.ts";
import { waiverDigest } from "./match-waivers.ts";
import { daysBetween, likelyPolicy, type WaiverRules } from "./read-waivers.ts";
import type { WaiverUse } from "./waive.ts";
import type { WaiverStates } from "./waiver-states.ts";

/** What reports say of waivers. */
interface ToldWaivers {
  readonly waivers: readonly ReportedWaiver[];
  /** Warnings at the lines of waivers. */
  readonly findings: readonly Finding[];
}

/** What telling of waivers needs. */
export interface ToldContext {
  readonly states: WaiverStates;
  readonly use: WaiverUse;
  readonly config: WaiversConfig;
  readonly now: string;
  readonly policies: WaiverRules["policies"];
  readonly levelOf: LevelOf;
  readonly isChange: boolean;
  /** Everything was judged, so that a waiver that covers nothing here covers nothing at all. */
  readonly isWhole: boolean;
}

/** Lists the waivers that matter to a check, with warnings for those that cover nothing, have expired or soon will. */
export function tellWaivers(context: ToldContext): ToldWaivers {
  const { states, use } = context;
  const changes = new Map(states.changes.flatMap((change) => sidesOf(change).map((side) => [side, change.kind])));
  const listed = [...new Set([...states.waivers, ...use.matching.keys()])].flatMap((waiver) =>
    listedWaiver(waiver, changes.get(waiver), context),
  );
  const withdrawn = [...use.lost].flatMap(([waiver, covers]): readonly ReportedWaiver[] =>
    states.waivers.includes(waiver)
      ? []
      : [
          {
            ...waiver,
            state: "withdrawn",
            change: changes.get(waiver) ?? "narrowed",
            covers,
            digest: waiverDigest(waiver),
          },
        ],
  );
  return {
    waivers: [...listed, ...withdrawn].toSorted(byPlace),
    findings: states.waivers.flatMap((waiver) => warningsOf(waiver, context)),
  };
}

function sidesOf(change: WaiverChange): readonly Waiver[] {
  return [...("before" in change ? [change.before] : []), ...("after" in change ? [change.after] : [])];
}

function listedWaiver(
  waiver: Waiver,
  change: WaiverChange["kind"] | undefined,
  context: ToldContext,
): readonly ReportedWaiver[] {
  const { states, use } = context;
  const covers = use.matching.get(waiver) ?? 0;
  if (covers === 0 && change === undefined) return [];
  const daysLeft = daysLeftOf(waiver, context);
  return [
    {
      ...waiver,
      state: stateOf(waiver, states),
      ...(change === undefined ? {} : { change }),
      covers,
      ...(daysLeft === undefined ? {} : { daysLeft }),
      digest: waiverDigest(waiver),
    },
  ];
}

function stateOf(waiver: Waiver, { hasExpired, isProposed, isApproved }: WaiverStates): ReportedWaiver["state"] {
  if (hasExpired(waiver)) return "expired";
  if (isApproved(waiver)) return "approved";
  return isProposed(waiver) ? "proposed" : "in force";
}

/** Absent where there is time enough, or nothing that it covers is touched. */
function daysLeftOf(waiver: Waiver, { states, use, config, now }: ToldContext): number | undefined {
  if (states.hasExpired(waiver) || states.isProposed(waiver) || !use.touched.has(waiver)) return undefined;
  const days = daysBetween(now.slice(0, 10), waiver.expires);
  return days <= config.warnDays ? days : undefined;
}

const titles = {
  "waivers/unused": "Waivers cover something",
  "waivers/expired": "Waivers are renewed or removed in time",
  "waivers/expiring": "Waivers are renewed or removed in time",
} as const;

function warningsOf(waiver: Waiver, context: ToldContext): readonly Finding[] {
  const { states, use, isWhole, policies } = context;
  const { expires } = waiver;
  const covers = use.matching.get(waiver) ?? 0;
  const warn = (policy: keyof typeof titles, message: string): readonly Finding[] =>
    warning(waiver, policy, message, context);
  if (covers === 0) {
    if (!isWhole) return [];
    const near = likelyPolicy(waiver, policies);
    const hint = near === undefined ? "correct or remove it" : `did you mean ${near}?`;
    return warn("waivers/unused", `the waiver covers nothing: ${hint}`);
  }
  if (states.hasExpired(waiver)) {
    const lost = use.lost.get(waiver) ?? 0;
    const effect = lost === 0 ? "remove it" : `what it covered counts again (${lost})`;
    return warn("waivers/expired", `the waiver expired on ${expires}: ${effect}`);
  }
  const days = daysLeftOf(waiver, context);
  if (days === undefined) return [];
  return warn(
    "waivers/expiring",
    `the waiver expires on ${expires}, in ${days} ${days === 1 ? "day" : "days"}; then what it covers counts again (${covers})`,
  );
}

function warning(
  waiver: Waiver,
  policy: keyof typeof titles,
  message: string,
  { levelOf, states, isChange }: ToldContext,
): readonly Finding[] {
  const level = levelOf(policy, undefined) ?? "warn";
  if (level === "off") return [];
  const { path, line, scope } = waiver;
  return [
    {
      policy,
      rule: policy.slice(policy.indexOf("/") + 1),
      level,
      message,
      // What was there before is no fault of a change, nor is the passing of time.
      status: isChange && !states.isProposed(waiver) ? "existing" : "introduced",
      manifest: {
        apiVersion: "portcullis/v1",
        kind: "Waiver",
        name: scope.kind === "policy" ? scope.policy : scope.kind === "problem" ? `problem ${scope.stage}` : "gap",
      },
      location: { path, line, precision: "value" },
      pointer: "",
      fingerprint: sha256(JSON.stringify([policy, path, waiverDigest(waiver)])),
      title: titles[policy],
      waivable: false,
    },
  ];
}

function byPlace(one: Waiver, other: Waiver): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return one.line - other.line;
}
