import type { Compliance } from "../../model/compliance.ts";
import { csvRow } from "../csv-row.ts";
import { firstExpiry } from "./first-expiry.ts";

const HEADER = [
  "framework",
  "version",
  "environment",
  "control",
  "title",
  "status",
  "policies",
  "findings",
  "first",
  "waived",
  "waived until",
];

/** A roll-up as CSV (RFC 4180), one row for each control and environment. */
export function csvCompliance({ results }: Compliance): string {
  const rows = results.map(({ framework, control, environment, status, policies, findings }) => [
    framework.id,
    framework.version,
    environment ?? "",
    control.id,
    control.title,
    status,
    policies.join(" "),
    String(findings.length),
    findings[0] === undefined ? "" : `${findings[0].location.path}:${findings[0].location.line}`,
    String(findings.filter(({ waiver }) => waiver !== undefined).length),
    firstExpiry(findings),
  ]);
  return [HEADER, ...rows].map(csvRow).join("");
}
