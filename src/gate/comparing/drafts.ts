import type { Finding } from "../../model/finding.ts";
import type { Policy } from "../../model/policy.ts";
import type { JudgedManifest, LocatedViolation } from "../judged-source.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { LevelOf } from "../levels.ts";

/** A finding before its status is known. */
export interface Draft {
  readonly finding: Omit<Finding, "status" | "changed">;
  /** Its place by names, not by positions. */
  readonly stablePointer: string;
  /** As its fingerprint, whatever the object is called and wherever it lands. */
  readonly unnamed: () => string;
  /** As its fingerprint, whatever namespace it lands in. */
  readonly named: () => string;
  /** The digest of the values that the rule's conditions read; absent where nothing was read. */
  readonly reads?: string;
  /** The rule reads the operation or the old object. */
  readonly readsChange: boolean;
  /** Where the fault may be as well: the values that the one at its place was compared with. */
  readonly compared?: readonly Pick<Finding, "location" | "pointer">[];
  readonly about: JudgedManifest;
}

/** What turning violations into findings needs: documentation, levels, and the paths that exist. */
export interface DraftContext {
  readonly policies: readonly Policy[];
  readonly levelOf: LevelOf;
  /** Whether the tree has a file of this path: a place that a policy declares may be anything. */
  readonly hasPath: (path: string) => boolean;
}

/** Turns a manifest's violations into drafts; a violation of a policy that is `off` gives none. */
export type Drafter = (manifest: JudgedManifest) => readonly Draft[];

/** Makes the drafter for a set of policies and levels. */
export function drafter({ policies, levelOf, hasPath }: DraftContext): Drafter {
  const known = new Map(policies.map((policy) => [policy.id, policy]));
  return (manifest) =>
    manifest.violations.flatMap((located) => {
      const { violation } = located;
      const level = levelOf(violation.policy, manifest.environment) ?? violation.level;
      if (level === "off") return [];
      const { policy, rule, message, metadata, cause } = violation;
      const { identity, apiVersion, environment, source } = manifest;
      const about = known.get(policy);
      const finding: Draft["finding"] = {
        policy,
        rule,
        level,
        message,
        manifest: {
          apiVersion,
          kind: identity.kind,
          ...(identity.namespace === undefined ? {} : { namespace: identity.namespace }),
          name: identity.name,
        },
        ...(environment === undefined ? {} : { environment }),
        location: locationOf(manifest, located, hasPath),
        pointer: cause.pointer,
        ...containerOf(cause.stablePointer),
        ...(source === undefined ? {} : { source }),
        fingerprint: located.fingerprint,
        ...(about?.title === undefined ? {} : { title: about.title }),
        ...(about?.description === undefined ? {} : { description: about.description }),
        ...(about?.docs === undefined ? {} : { docs: about.docs }),
        ...(about?.severity === undefined ? {} : { severity: about.severity }),
        ...(about?.controls === undefined ? {} : { controls: about.controls }),
        ...(metadata === undefined ? {} : { metadata }),
      };
      const compared = located.compared?.map(({ pointer, ...other }) => ({
        pointer,
        location: locationOf(manifest, { violation, ...other }, hasPath),
      }));
      return [
        {
          finding,
          stablePointer: cause.stablePointer,
          unnamed: () =>
            fingerprintOf(violation, { identity: { group: identity.group, kind: identity.kind, name: "" } }),
          named: () =>
            fingerprintOf(violation, {
              identity: { group: identity.group, kind: identity.kind, name: identity.name },
              ...(source === undefined ? {} : { source }),
            }),
          ...(cause.reads === undefined ? {} : { reads: cause.reads }),
          readsChange: violation.readsChange,
          ...(compared === undefined ? {} : { compared }),
          about: manifest,
        },
      ];
    });
}

/** The container that a value belongs to, where it has a name of its own. */
function containerOf(stablePointer: string): Pick<Finding, "container"> {
  const [, name] = /\/(?:containers|initContainers|ephemeralContainers)\/\[name=([^\]]*)\]/.exec(stablePointer) ?? [];
  return name === undefined ? {} : { container: name.replaceAll("~1", "/").replaceAll("~0", "~") };
}

function locationOf(
  { position }: JudgedManifest,
  { violation, place, path: file = position.path, precision, fetched }: Omit<LocatedViolation, "fingerprint">,
  hasPath: (path: string) => boolean,
): Finding["location"] {
  const { declared, cause } = violation;
  if (declared !== undefined && Number.isInteger(declared.line) && declared.line > 0) {
    const path = declaredFile(declared.path, position.path, hasPath);
    if (path !== undefined) return { path, line: declared.line, precision: "value" };
  }
  const { line, endLine, column } = place;
  return {
    path: file,
    line,
    ...(endLine > line ? { endLine } : {}),
    column,
    precision: precision ?? cause.precision,
    ...(fetched === undefined ? {} : { fetched }),
  };
}

/** The file that a policy declares, which may be the end of the manifest's own path; undefined for an unknown file. */
function declaredFile(named: string | undefined, own: string, hasPath: (path: string) => boolean): string | undefined {
  if (named === undefined || own.endsWith(`/${named.replace(/^\.\//, "")}`)) return own;
  return hasPath(named) ? named : undefined;
}
