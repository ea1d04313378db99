import type { Diagnosis } from "../../model/diagnosis.ts";
import type { Clinic } from "./clinic.ts";
import { duration, failure, ok, unknown, warning } from "./diagnosis.ts";

/** Further apart, a token that has expired is taken for a valid one. */
const FAR_APART = 5 * 60_000;
/** Further ahead, GitHub refuses what the App signs until octokit has corrected the time. */
const APART = 30_000;

/** Whether GitHub's API answers, and whether its clock and this machine's agree. */
export async function examineGitHub(
  clinic: Pick<Clinic, "settings" | "environment" | "clock" | "registration">,
): Promise<readonly Diagnosis[]> {
  const { settings, environment } = clinic;
  const reading = await clinic.registration();
  const proxy = proxyOf(environment);
  const by = proxy === undefined ? "" : ` by the proxy ${proxy}`;
  if (reading.kind === "unread" && reading.status === undefined) {
    const found = `${settings.apiUrl} does not answer${by}: ${reading.why}`;
    return [failure("github/unreachable", found, remedyFor(reading.why, proxy))];
  }
  return [ok("github/reachable", `${settings.apiUrl} answers${by}`), clock(clinic)];
}

function clock(clinic: Pick<Clinic, "clock">): Diagnosis {
  const reading = clinic.clock();
  if (reading === undefined) return unknown("github/clock", "the answer does not tell GitHub's time");
  const off = Math.max(0, Math.abs(reading.ahead) - reading.within);
  if (off < APART) return ok("github/clock", "this machine's clock agrees with GitHub's");
  const found = `this machine's clock is ${duration(off)} ${reading.ahead > 0 ? "ahead of" : "behind"} GitHub's`;
  const next = "synchronise it (NTP): tokens and expiry dates depend on it";
  return off < FAR_APART ? warning("github/clock", found, next) : failure("github/clock", found, next);
}

/** The proxy that requests use, without its credentials. */
function proxyOf(environment: Clinic["environment"]): string | undefined {
  const named = environment["HTTPS_PROXY"] ?? environment["https_proxy"] ?? "";
  if (named === "") return undefined;
  return URL.canParse(named) ? new URL(named).host : "that HTTPS_PROXY names";
}

function remedyFor(why: string, proxy: string | undefined): string {
  if (/CERT|SELF_SIGNED|VERIFY|ISSUER/i.test(why))
    return "its certificate is not trusted here: set NODE_EXTRA_CA_CERTS to a file with its authority, in PEM format";
  if (/ENOTFOUND|EAI_AGAIN/.test(why)) return "the name is not found: check GITHUB_API_URL and the DNS of this machine";
  return proxy === undefined
    ? "check GITHUB_API_URL and the firewall; set HTTPS_PROXY if a proxy leads to GitHub"
    : "check GITHUB_API_URL, and HTTPS_PROXY and NO_PROXY";
}
