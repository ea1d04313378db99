import type { AuditRow, PublishedVerdict } from "../../model/audit.ts";

/**
 * A verdict as an event of OPA's decision log, one line of JSON; nothing for other rows. What was judged is no part of the
 * log, so that `erased` names it, as OPA does for input that it was told to leave out.
 */
export function opaDecision(row: AuditRow, version: string): string {
  if (row.kind !== "verdict") return "";
  const { check, head, base, into, tree, policies, job, run, ...result } = JSON.parse(row.body) as PublishedVerdict;
  const event = {
    labels: { app: "portcullis", version, repository: row.repository ?? "" },
    decision_id: job,
    bundles: { [row.repository ?? "portcullis"]: { revision: policies } },
    path: "portcullis/verdict",
    input: { repository: row.repository, subject: row.subject, check, run, head, base, into, tree },
    result,
    timestamp: row.time,
    erased: ["/input/manifests"],
  };
  return `${JSON.stringify(event)}\n`;
}
