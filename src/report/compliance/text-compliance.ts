import type { Compliance, ControlResult, ControlStatus } from "../../model/compliance.ts";
import { byFramework } from "./by-framework.ts";
import { firstExpiry } from "./first-expiry.ts";

const WORDS = {
  satisfied: "satisfied",
  waived: "satisfied by exception",
  "not-satisfied": "NOT SATISFIED",
  undetermined: "undetermined",
  "not-covered": "not covered",
} satisfies Record<ControlStatus, string>;

/** A roll-up for a terminal: counts for each framework and environment, then every control that is not satisfied. */
export function textCompliance({ results, manifests, problems }: Compliance): string {
  const parts = byFramework(results).map(groupText);
  const incomplete = problems === 0 ? "" : `, ${problems} ${problems === 1 ? "problem" : "problems"}`;
  return `${parts.join("\n")}\n${manifests} ${manifests === 1 ? "manifest" : "manifests"} judged${incomplete}\n`;
}

function groupText(group: readonly ControlResult[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const { framework, environment } = first;
  const count = (status: ControlStatus): number => group.filter((one) => one.status === status).length;
  const counts = (Object.keys(WORDS) as ControlStatus[]).flatMap((status) =>
    count(status) === 0 ? [] : [`${count(status)} ${WORDS[status].toLowerCase()}`],
  );
  const where = environment === undefined ? "" : ` in ${environment}`;
  const lines = group
    .filter(({ status }) => status !== "satisfied")
    .map(
      ({ control, status, findings }) =>
        `  ${WORDS[status]} ${control.id}: ${control.title}${placesOf(findings, status === "waived")}`,
    );
  return `${framework.title} ${framework.version}${where}: ${counts.join(", ")}\n${lines.map((line) => `${line}\n`).join("")}`;
}

/** Where to look first: at what no waiver covers, unless that is nothing; then also until when the waivers hold. */
function placesOf(findings: ControlResult["findings"], isWaived: boolean): string {
  const shown = isWaived ? findings : findings.filter(({ waiver }) => waiver === undefined);
  const [first] = shown;
  if (first === undefined) return "";
  const place = `${first.location.path}:${first.location.line}`;
  const more = shown.length === 1 ? "" : ` and ${shown.length - 1} more`;
  return ` (${place}${more}${isWaived ? `, until ${firstExpiry(findings)}` : ""})`;
}
