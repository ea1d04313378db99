import { createHmac, timingSafeEqual } from "node:crypto";

/** Where the pages of reports begin. */
export const REPORTS_PATH = "/reports/";

/** Links to the pages of reports, which nobody can guess. */
export interface ReportLinks {
  /** The address of the page of a job. */
  readonly url: (job: string) => string;
  /** The job of a request for such an address; undefined if its signature is wrong. */
  readonly jobOf: (path: string, query: string) => string | undefined;
}

/** Links below `publicUrl`, signed with a secret that all replicas have. */
export function reportLinks(publicUrl: string, secret: Uint8Array): ReportLinks {
  const signatureOf = (job: string): string =>
    createHmac("sha256", secret).update(`report of job ${job}`).digest("base64url");
  return {
    url: (job) => `${publicUrl}${REPORTS_PATH}${job}?signature=${signatureOf(job)}`,
    jobOf: (path, query) => {
      const job = path.slice(REPORTS_PATH.length);
      const given = Buffer.from(new URLSearchParams(query).get("signature") ?? "");
      const expected = Buffer.from(signatureOf(job));
      return given.length === expected.length && timingSafeEqual(given, expected) ? job : undefined;
    },
  };
}
