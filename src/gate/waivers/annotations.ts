import { sha256 } from "../../manifest/sha256.ts";
import type { Finding, ManifestName } from "../../model/finding.ts";
import { WAIVE_ANNOTATION, type Waiver } from "../../model/waiver.ts";
import type { JudgedManifest } from "../judged-source.ts";
import type { Results } from "../judging/judge-once.ts";
import type { LevelOf } from "../levels.ts";
import { waiverMatcher, type WaiverTarget } from "./match-waivers.ts";
import { includesPattern } from "./patterns.ts";
import { errorsOf, type WaiverRules } from "./read-waivers.ts";

/** One object as it lands in one environment through one source. */
interface Landed {
  readonly manifest: ManifestName;
  readonly environment?: string;
  readonly source?: string;
}

/** The waivers that manifests have as annotations. */
export interface AnnotatedWaivers {
  readonly isEmpty: boolean;
  /** The waiver of an object that covers a target. */
  readonly by: (landed: Landed, target: WaiverTarget) => Waiver | undefined;
  /** Warnings for annotations that do not count. */
  readonly findings: readonly Finding[];
}

/** What reading annotations needs. */
export interface AnnotationContext {
  readonly rules: WaiverRules;
  readonly levelOf: LevelOf;
  /** Whether the change touches a file; absent: no change is judged. */
  readonly isTouched?: (path: string) => boolean;
}

/** Reads the annotations of all judged manifests. They count only for policies that the configuration names. */
export async function annotatedWaivers(results: Results, context: AnnotationContext): Promise<AnnotatedWaivers> {
  const annotated = [...results.values()].flatMap(({ manifests }) =>
    manifests.filter(({ waives }) => waives !== undefined),
  );
  if (annotated.length === 0) return { isEmpty: true, by: () => undefined, findings: [] };
  const { readWaiverAnnotation } = await import("../../config/read-waiver-file.ts");
  const matchers = new Map<string, ReturnType<typeof waiverMatcher>>();
  const readings = new Map<string, ReturnType<typeof readWaiverAnnotation>>();
  const findings = new Map<string, Finding>();
  for (const one of annotated) {
    // What overlays make of one text is one waiver.
    const text = JSON.stringify([one.position, one.identity.kind, one.identity.name, one.waives]);
    const reading = readings.get(text) ?? readWaiverAnnotation(one.position, one.waives ?? "", one.identity);
    readings.set(text, reading);
    const wrong = [
      ...reading.problems.map(({ message }) => message),
      ...reading.waivers.flatMap((waiver, index) => whyIgnored(waiver, index, reading, context.rules)),
    ];
    if (wrong.length === 0) matchers.set(keyOf(landedOf(one)), waiverMatcher(reading.waivers));
    for (const finding of wrong.flatMap((reason) => ignored(one, reason, context)))
      findings.set(finding.fingerprint, finding);
  }
  return {
    isEmpty: matchers.size === 0,
    by: (landed, target) => matchers.get(keyOf(landed))?.(target)[0],
    findings: [...findings.values()],
  };
}

function whyIgnored(
  waiver: Waiver,
  index: number,
  reading: Parameters<typeof errorsOf>[2],
  rules: WaiverRules,
): readonly string[] {
  const { scope, expires } = waiver;
  if (scope.kind !== "policy") return ["only findings are waived by an annotation"];
  const isNamed = rules.config.annotations.some((pattern) => includesPattern("policy", pattern, scope.policy));
  if (!isNamed) return [`the configuration does not name ${scope.policy} under waivers.annotations`];
  if (expires <= rules.now.slice(0, 10)) return [`it expired on ${expires}`];
  return errorsOf(waiver, index, reading, rules).map(({ message }) => message);
}

function ignored(
  { apiVersion, identity, position, environment }: JudgedManifest,
  reason: string,
  { levelOf, isTouched }: AnnotationContext,
): readonly Finding[] {
  const policy = "waivers/annotation";
  const level = levelOf(policy, environment) ?? "warn";
  if (level === "off") return [];
  const { path, line } = position;
  const { kind, namespace, name } = identity;
  return [
    {
      policy,
      rule: "ignored",
      level,
      message: `the annotation ${WAIVE_ANNOTATION} is ignored: ${reason}`,
      status: isTouched === undefined || isTouched(path) ? "introduced" : "existing",
      manifest: { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name },
      location: { path, line, precision: "manifest" },
      pointer: "/metadata/annotations",
      fingerprint: sha256(JSON.stringify([policy, path, kind, name, reason])),
      title: "Annotations that waive count",
      waivable: false,
    },
  ];
}

function landedOf({ apiVersion, identity, environment, source }: JudgedManifest): Landed {
  const { kind, namespace, name } = identity;
  return {
    manifest: { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name },
    ...(environment === undefined ? {} : { environment }),
    ...(source === undefined ? {} : { source }),
  };
}

function keyOf({ manifest: { apiVersion, kind, namespace, name }, environment, source }: Landed): string {
  return JSON.stringify([apiVersion, kind, namespace, name, environment, source]);
}
