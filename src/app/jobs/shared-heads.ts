import { sharedHead } from "../../store/heads.ts";
import type { Leased } from "../../store/work.ts";
import { enqueue, type Services } from "../services.ts";

/** Judges those pull requests again whose published conclusion rested on another one with the same head. */
export async function reconsider(services: Services, work: Leased, head: string): Promise<void> {
  const { installation, repository } = work.subject;
  for (const other of await sharedHead(services.database, repository.id, head, work.key)) {
    if (other.pull === undefined || other.conclusion === undefined || other.published === other.conclusion) continue;
    await enqueue(services, { kind: "pull", installation, repository, number: other.pull }, true);
  }
}
