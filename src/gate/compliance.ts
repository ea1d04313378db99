import type { Compliance, ControlResult, ControlStatus, Framework, FrameworkControl } from "../model/compliance.ts";
import type { Config } from "../model/config.ts";
import type { Finding } from "../model/finding.ts";
import type { Policy } from "../model/policy.ts";
import type { Report } from "../model/report.ts";
import { levelsOf } from "./levels.ts";

/** A judgement with what it was judged by. */
export interface Judged {
  readonly report: Report;
  readonly policies: readonly Policy[];
  readonly config: Pick<Config, "levels" | "environments">;
}

/**
 * Rolls a judgement up by framework, environment and control. A policy that is off in an environment judges nothing
 * there. With a problem, also with a waived one, a control whose findings are all waived, or that has none, is
 * undetermined: what was not judged might have had one.
 */
export function complianceOf(frameworks: readonly Framework[], { report, policies, config }: Judged): Compliance {
  const levelOf = levelsOf(config, report.now);
  const present = report.findings.filter(({ status }) => status !== "fixed");
  const results = frameworks.flatMap((framework) =>
    environmentsOf(report, config).flatMap((environment) =>
      framework.controls.map((control): ControlResult => {
        const judging = policies
          .filter((policy) => shows(policy, framework, control) && levelOf(policy.id, environment) !== "off")
          .map(({ id }) => id)
          .toSorted();
        const findings = present.filter(({ policy }) => judging.includes(policy)).filter(landsIn(environment));
        return {
          framework,
          control,
          ...(environment === undefined ? {} : { environment }),
          status: statusOf(judging, findings, report.problems.length),
          policies: judging,
          findings,
        };
      }),
    ),
  );
  return { now: report.now, manifests: report.counts.manifests, problems: report.problems.length, results };
}

function shows({ id, controls = [] }: Policy, framework: Framework, control: FrameworkControl): boolean {
  return control.policies.includes(id) || controls.includes(`${framework.id}/${control.id}`);
}

function statusOf(judging: readonly string[], findings: readonly Finding[], problems: number): ControlStatus {
  if (judging.length === 0) return "not-covered";
  if (findings.some(({ waiver }) => waiver === undefined)) return "not-satisfied";
  if (problems > 0) return "undetermined";
  return findings.length > 0 ? "waived" : "satisfied";
}

/** The known environments, sorted; then undefined, where manifests may land in none of them. */
function environmentsOf(report: Report, config: Pick<Config, "environments">): readonly (string | undefined)[] {
  const named = new Set([
    ...Object.keys(config.environments),
    ...report.sources.flatMap(({ environments }) => environments),
    ...report.findings.flatMap(environmentsIn),
  ]);
  const elsewhere = named.size === 0 || report.findings.some((finding) => environmentsIn(finding).length === 0);
  return [...[...named].toSorted(), ...(elsewhere ? [undefined] : [])];
}

function environmentsIn({ environment, environments = [], reaches = [] }: Finding): readonly string[] {
  return [environment, ...environments, ...reaches.map((reach) => reach.environment)].flatMap((one) => one ?? []);
}

function landsIn(environment: string | undefined): (finding: Finding) => boolean {
  return (finding) => {
    const known = environmentsIn(finding);
    return environment === undefined ? known.length === 0 : known.includes(environment);
  };
}
