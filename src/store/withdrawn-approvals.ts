import type { AuditBodies, AuditEvent } from "../model/audit.ts";
import type { Queries } from "./database.ts";

type Approval = AuditBodies["approval"];

/**
 * What is to be recorded of approvals of the same head that are recorded as given, and on which a verdict rests no more: they
 * were dismissed, or those who gave them may approve no longer.
 */
export async function withdrawnApprovals(
  queries: Queries,
  events: readonly AuditEvent[],
): Promise<readonly AuditEvent[]> {
  const verdict = events.find((event) => event.kind === "verdict");
  if (verdict?.repository === undefined) return [];
  const { repository, subject, body } = verdict;
  const { head, approvals } = body;
  if (approvals === undefined) return [];
  const rows = await queries.query<{ body: string }>(
    "select body from portcullis.audit where repository_id = $1 and subject = $2 and kind = 'approval' order by sequence",
    [repository.id, subject],
  );
  const last = new Map<string, Approval>();
  for (const row of rows) {
    // Stored by `verdictEvents`, or here.
    const approval = JSON.parse(row.body) as Approval;
    if (approval.head === head) last.set(approval.by, approval);
  }
  const counting = new Set(approvals.map(({ by }) => by));
  return [...last.values()]
    .filter(({ by, state }) => state === "approved" && !counting.has(by))
    .map((approval) => ({ kind: "approval", repository, subject, body: { ...approval, state: "dismissed" } }));
}
