import type { Doubt } from "../charts/chart-questions.ts";
import type { HelmStep } from "../plan.ts";

/** What is known of how a chart is rendered. */
type DoubtedStep = Pick<HelmStep, "isPrinted" | "kubeVersion" | "servesNoOther"> &
  Partial<Pick<HelmStep, "isAssumed" | "releaseName" | "namespace">>;

/** The doubts that matter to a step, each with what it was judged as; `printed` are the templates that yielded something. */
export function doubtsIn(
  doubts: readonly Doubt[],
  step: DoubtedStep,
  printed: ReadonlySet<string>,
): readonly { readonly template: string; readonly line: number; readonly reason: string }[] {
  return doubts.flatMap(({ template, line, fact, ifEmpty }) => {
    const reason = reasonFor(fact, step);
    if (reason === undefined || (ifEmpty === true && printed.has(template))) return [];
    return [{ template, line, reason: `what ${template} yields depends on ${reason}` }];
  });
}

function reasonFor(fact: Doubt["fact"], step: DoubtedStep): string | undefined {
  const inCluster = step.isPrinted !== true;
  switch (fact) {
    case "lookup":
      return inCluster ? "lookup: judged as if the cluster had no such object" : undefined;
    case "dns":
      return inCluster ? "getHostByName: judged as if no name were resolved" : undefined;
    case "revision":
      return inCluster ? ".Release.Revision: judged as 1" : undefined;
    case "time":
      return "the time: judged as on 2025-01-01";
    case "random":
      return "a random value: judged by one that is always the same";
    case "helm":
      return "Helm's version: judged as Helm 3";
    case "kubernetes":
      return step.kubeVersion === undefined
        ? "the Kubernetes version: judged by the latest, since the configuration names none"
        : undefined;
    case "release":
      return step.isAssumed === true
        ? `the release's name or namespace, which nothing in this repository tells: judged as ${step.releaseName} in ${step.namespace}`
        : undefined;
    case "apis":
      return step.servesNoOther === true
        ? undefined
        : "an API version that its text does not name: judged as not served";
    default:
      return undefined;
  }
}
