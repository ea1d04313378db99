import { Gauge, type Registry } from "prom-client";
import type { ComplianceTotals } from "../../store/standings.ts";

/** What the gauges show while the store does not answer. */
export const UNKNOWN_TOTALS: ComplianceTotals = {
  repositories: { satisfied: Number.NaN, failing: Number.NaN, unjudged: Number.NaN },
  failingPolicies: Number.NaN,
  failingControls: Number.NaN,
  waiversExpiring: Number.NaN,
  waiversExpired: Number.NaN,
  ending: Number.NaN,
  oldest: Number.NaN,
  issueTroubles: Number.NaN,
};

/**
 * Makes the gauges about default branches as they are judged by themselves, and returns what sets them. They add up all
 * repositories: a label for each would grow without bound, and names of repositories may be secret.
 */
export function complianceGauges(registers: Registry[]): (totals: ComplianceTotals) => void {
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
  const repositories = new Gauge({
    name: "portcullis_compliance_repositories",
    help: "Repositories by what their default branch shows by itself: satisfied, failing, or unjudged.",
    labelNames: ["state"],
    registers,
  });
  const values: readonly (readonly [Gauge, (totals: ComplianceTotals) => number])[] = [
    [
      gauge("portcullis_compliance_failing_controls", "Controls that default branches do not satisfy."),
      (totals) => totals.failingControls,
    ],
    [
      gauge("portcullis_compliance_failing_policies", "Policies with findings on default branches that none waives."),
      (totals) => totals.failingPolicies,
    ],
    [
      gauge("portcullis_waivers_expiring", "Waivers of default branches that cover something and expire soon."),
      (totals) => totals.waiversExpiring,
    ],
    [
      gauge("portcullis_waivers_expired", "Waivers of default branches that covered something and have expired."),
      (totals) => totals.waiversExpired,
    ],
    [
      gauge(
        "portcullis_api_versions_ending",
        "API versions on default branches that the next Kubernetes versions end.",
      ),
      (totals) => totals.ending,
    ],
    [
      gauge(
        "portcullis_compliance_oldest_timestamp_seconds",
        "The oldest of the newest judgements of default branches, in seconds since 1970; 0 if there is none.",
      ),
      (totals) => totals.oldest,
    ],
    [
      gauge("portcullis_compliance_issues_unwritten", "Repositories whose issue about their state cannot be written."),
      (totals) => totals.issueTroubles,
    ],
  ];
  return (totals) => {
    for (const [state, count] of Object.entries(totals.repositories)) repositories.set({ state }, count);
    for (const [one, valueOf] of values) one.set(valueOf(totals));
  };
}
