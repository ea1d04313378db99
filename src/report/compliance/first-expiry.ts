import type { Finding } from "../../model/finding.ts";

/** The day on which the first of the waivers of these findings no longer holds; empty without any. */
export function firstExpiry(findings: readonly Finding[]): string {
  return findings.flatMap(({ waiver }) => waiver?.expires ?? []).toSorted()[0] ?? "";
}
