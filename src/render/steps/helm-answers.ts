import type { HelmRequest } from "../../model/renderer.ts";
import { kubernetesGroups } from "../../manifest/kubernetes-kinds.ts";
import type { Answerable, ChartQuestions } from "../charts/chart-questions.ts";
import type { HelmStep } from "../plan.ts";

/** What a chart is told of what the tree does not tell. */
export interface Answers {
  readonly upgrade: boolean;
  /** API versions that the cluster serves besides those that the step names. */
  readonly apiVersions: readonly string[];
}

/** What is known of how a chart is rendered. */
export type AskedStep = Pick<HelmStep, "servesNoOther" | "isPrinted" | "apiVersions">;

export interface AnswerPlan {
  /** At least one; the first is an installation into a cluster that serves what is known alone. */
  readonly answers: readonly Answers[];
  /** Templates ask for more API versions than can be told in every combination. */
  readonly isCut: boolean;
}

/** The most renderings of one chart. */
const most = 12;
/** The most API versions of one template that are told in every combination. */
const mostCombined = 3;

/** The answers under which a chart is rendered, so that each template sees every combination of what it asks. */
export function answersFor(
  { asked, apiVersions }: Pick<ChartQuestions, "asked" | "apiVersions">,
  step: AskedStep,
): AnswerPlan {
  const open = step.servesNoOther === true ? [] : apiVersions.filter((one) => isOpen(one, step));
  const combinations = new Map<string, Answers>();
  let isCut = false;
  const add = (upgrade: boolean, served: Iterable<string>): void => {
    const answers: Answers = { upgrade, apiVersions: [...new Set(served)].toSorted() };
    combinations.set(JSON.stringify(answers), answers);
  };
  add(false, []);
  const everywhere = new Set(asked.flatMap((facts) => [...facts].flatMap((fact) => versionsOf(fact, open))));
  for (const facts of asked) {
    const mayUpgrade = facts.has("upgrade") && step.isPrinted !== true;
    const groups = [...facts].map((fact) => versionsOf(fact, open)).filter((versions) => versions.length > 0);
    if (groups.length > mostCombined) isCut = true;
    const subsets =
      groups.length < 2
        ? groups.map(() => [...everywhere])
        : [...(groups.length > mostCombined ? groups : subsetsOf(groups)), [...everywhere]];
    for (const upgrade of mayUpgrade ? [false, true] : [false])
      for (const served of [[], ...subsets]) add(upgrade, served);
  }
  const answers = [...combinations.values()];
  return { answers: answers.slice(0, most), isCut: isCut || answers.length > most };
}

function versionsOf(fact: Answerable, open: readonly string[]): readonly string[] {
  if (fact === "apis") return open;
  return fact.startsWith("api:") ? open.filter((one) => one === fact.slice(4)) : [];
}

function subsetsOf(groups: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return Array.from({ length: 2 ** groups.length - 2 }, (_, at) =>
    groups.filter((_group, bit) => (((at + 1) >> bit) & 1) === 1).flat(),
  );
}

/** Whether only the cluster tells if it serves an API version. What Kubernetes itself serves is known. */
function isOpen(apiVersion: string, { apiVersions = [] }: AskedStep): boolean {
  return !kubernetesGroups.has(groupOf(apiVersion)) && !apiVersions.includes(apiVersion);
}

function groupOf(apiVersion: string): string {
  const [group = "", version = ""] = apiVersion.split("/");
  return /^v\d/.test(version) ? group : "";
}

/** Kinds of Kubernetes' stable API versions that a chart asks for: every cluster serves them, and Helm alone knows only the versions. */
export function stableKinds({ apiVersions }: Pick<ChartQuestions, "apiVersions">): readonly string[] {
  return apiVersions.filter((one) => kubernetesGroups.has(groupOf(one)) && /^[^/]+\/v\d+\/[^/]+$/.test(one));
}

/** The request with answers. */
export function answered(request: HelmRequest, { upgrade, apiVersions }: Answers): HelmRequest {
  return {
    ...request,
    ...(upgrade ? { isUpgrade: true } : {}),
    ...(apiVersions.length === 0 ? {} : { apiVersions: [...(request.apiVersions ?? []), ...apiVersions] }),
  };
}

/** Answers in words, such as `as an upgrade`; undefined for the first ones. */
export function whenIt({ upgrade, apiVersions }: Answers): string | undefined {
  if (!upgrade && apiVersions.length === 0) return undefined;
  const served = apiVersions.length === 0 ? "" : `where the cluster serves ${apiVersions.join(", ")}`;
  return [upgrade ? "as an upgrade" : "", served].filter((part) => part !== "").join(" ");
}
