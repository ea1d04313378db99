import type { AuditHead } from "../model/audit.ts";
import type { Services, UsesStore } from "./services.ts";

/** What `createAuditHeadLog` needs. */
export type AuditHeadServices = UsesStore<"readAuditHead"> & { readonly log: Pick<Services["log"], "error" | "info"> };

/**
 * Returns what logs the last row of the audit log, unless this process has logged it already. Logs are kept elsewhere, so that
 * rows that are taken away later are missed.
 */
export function createAuditHeadLog({ store, log }: AuditHeadServices): () => Promise<void> {
  let logged: AuditHead | undefined;
  return async () => {
    try {
      const audit = await store.readAuditHead();
      if (audit === undefined || audit.hash === logged?.hash) return;
      logged = audit;
      log.info({ audit }, "the last row of the audit log");
    } catch (error) {
      log.error({ err: error }, "the audit log could not be read");
    }
  };
}
