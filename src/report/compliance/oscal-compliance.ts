import type { Compliance, ControlResult } from "../../model/compliance.ts";
import type { UsedWaiver } from "../../model/waiver.ts";
import { waiverNote } from "../waivers.ts";
import { byFramework } from "./by-framework.ts";

/** Makes a version 5 UUID of a name: equal names give equal UUIDs. */
export type UuidOf = (name: string) => string;

/**
 * A roll-up as OSCAL 1.1.2 assessment results, one result for each framework and environment. Controls that no policy
 * judged, or that are undetermined, are named in the remarks of their result: OSCAL knows only satisfied and not. One that
 * is satisfied by exception is satisfied for another reason than that nothing was found, and each waiver is a risk whose
 * deviation is approved until its deadline.
 */
export function oscalCompliance(compliance: Compliance, uuidOf: UuidOf): string {
  const { now, results } = compliance;
  const seed = JSON.stringify(results.map((one) => [nameOf(one), one.status, one.findings.map((f) => f.fingerprint)]));
  const document = {
    "assessment-results": {
      uuid: uuidOf(`${now} ${seed}`),
      metadata: {
        title: "What the manifests of this repository show of security controls",
        "last-modified": now,
        version: now,
        "oscal-version": "1.1.2",
      },
      "import-ap": { href: "#", remarks: "Judged by Portcullis; there is no separate assessment plan." },
      results: byFramework(results).map((group) => resultOf(group, now, (name) => uuidOf(`${now} ${seed} ${name}`))),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function resultOf(group: readonly ControlResult[], now: string, uuidOf: UuidOf) {
  const [first] = group;
  if (first === undefined) throw new Error("a result without controls");
  const { framework, environment } = first;
  const where = environment === undefined ? "" : ` in ${environment}`;
  const judged = group.filter(({ status }) => status !== "not-covered" && status !== "undetermined");
  const others = group.filter((one) => !judged.includes(one));
  const observations = judged.flatMap((one) => one.findings.map((finding) => observationOf(one, finding, now, uuidOf)));
  const risks = riskList(judged, uuidOf);
  return {
    uuid: uuidOf(`result ${framework.id} ${environment ?? ""}`),
    title: `${framework.title} ${framework.version}${where}`,
    description: `The controls of ${framework.title} that policies judged${where}.`,
    start: now,
    end: now,
    "reviewed-controls": {
      "control-selections": [
        judged.length === 0
          ? { description: "none" }
          : { "include-controls": judged.map(({ control }) => ({ "control-id": token(control.id) })) },
      ],
    },
    ...(observations.length === 0 ? {} : { observations }),
    ...(risks.length === 0 ? {} : { risks }),
    ...(judged.length === 0 ? {} : { findings: judged.map((one) => findingOf(one, uuidOf)) }),
    ...(others.length === 0
      ? {}
      : { remarks: others.map(({ control, status }) => `${control.id}: ${status}`).join("; ") }),
  };
}

/** What OSCAL says of the state of a control that was judged. */
const STATES: { readonly [status in ControlResult["status"]]?: object } = {
  satisfied: { state: "satisfied" },
  waived: { state: "satisfied", reason: "other", remarks: "Satisfied by exception: waivers cover what was found." },
  "not-satisfied": { state: "not-satisfied" },
};

function waiversOf(results: readonly ControlResult[]): readonly UsedWaiver[] {
  const used = results.flatMap(({ findings }) => findings.flatMap(({ waiver }) => waiver ?? []));
  return [...new Map(used.map((waiver) => [riskName(waiver), waiver])).values()];
}

function riskName({ path, line, expires }: UsedWaiver): string {
  return `risk ${path}:${line} ${expires}`;
}

function riskUuid(waiver: UsedWaiver, uuidOf: UuidOf): string {
  return uuidOf(riskName(waiver));
}

function riskList(judged: readonly ControlResult[], uuidOf: UuidOf) {
  return waiversOf(judged).map((waiver) => {
    const { path, line, reason, expires } = waiver;
    return {
      uuid: riskUuid(waiver, uuidOf),
      title: `Waiver ${path}:${line}`,
      description: reason,
      statement: waiverNote(waiver),
      status: "deviation-approved",
      deadline: `${expires}T00:00:00Z`,
    };
  });
}

function findingOf(one: ControlResult, uuidOf: UuidOf) {
  const { control, status, findings } = one;
  const related = findings.map(({ fingerprint }) => ({ "observation-uuid": uuidOf(`${nameOf(one)} ${fingerprint}`) }));
  const risks = waiversOf([one]);
  return {
    uuid: uuidOf(`finding ${nameOf(one)}`),
    title: `${control.id}: ${control.title}`,
    description: `Judged by ${one.policies.join(", ")}.`,
    target: { type: "objective-id", "target-id": token(control.id), status: STATES[status] },
    ...(related.length === 0 ? {} : { "related-observations": related }),
    ...(risks.length === 0 ? {} : { "related-risks": risks.map((risk) => ({ "risk-uuid": riskUuid(risk, uuidOf) })) }),
  };
}

function observationOf(of: ControlResult, finding: ControlResult["findings"][number], now: string, uuidOf: UuidOf) {
  return {
    uuid: uuidOf(`${nameOf(of)} ${finding.fingerprint}`),
    title: finding.policy,
    description: `${finding.message} (${finding.location.path}:${finding.location.line})`,
    methods: ["TEST"],
    collected: now,
  };
}

function nameOf({ framework, control, environment }: ControlResult): string {
  return `${framework.id}/${control.id} ${environment ?? ""}`;
}

/** A control's id as an OSCAL token, which begins with a letter. */
function token(id: string): string {
  const plain = id.replaceAll(/[^\p{L}\p{N}.\-_]/gu, "_");
  return /^[\p{L}_]/u.test(plain) ? plain : `_${plain}`;
}
