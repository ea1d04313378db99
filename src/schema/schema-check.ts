import { canonicalJson } from "../manifest/canonical-json.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { BuiltinCheck } from "../model/builtin-check.ts";
import type { Config } from "../model/config.ts";
import type { Fact } from "../model/fact.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Violation } from "../model/violation.ts";
import type { SchemaViolation } from "./schema-violation.ts";
import { customKey, factsOfCrd, versionsOf, type CustomVersion } from "./custom-resources.ts";
import { apiVersionPolicy, schemaPolicy } from "./policies.ts";
import type { SchemaSource } from "./schema.ts";
import { servedStatusOf, type ServedStatus } from "./served.ts";
import { unknownReadsIn } from "./unknown-reads.ts";
import { validateBuiltin, validateCustom } from "./validate.ts";
import { versionOf } from "./versions.ts";
import { apiVersionViolation, unknownKindViolation, violationOf } from "./violations.ts";

/** Raised when the result for the same schemas and manifest changes. */
const edition = 1;

/** Makes the builtin check that validates every manifest against Kubernetes' schemas of its environment's version, or against the CRD of its kind in the tree. */
export function createSchemaCheck(source: SchemaSource, config: Config): BuiltinCheck {
  const versions = Object.entries(config.environments).map(([name, { kubernetes }]) => [name, kubernetes ?? null]);
  const customs = new Map<string, readonly CustomVersion[]>();
  const customOf = (fact: Fact): readonly CustomVersion[] => {
    const known = customs.get(fact.digest) ?? versionsOf(fact);
    customs.set(fact.digest, known);
    return known;
  };
  const standing = (manifest: Manifest): ServedStatus =>
    servedStatusOf(source, versionOf(config, manifest, source.versions), manifest.apiVersion, manifest.identity.kind);

  return {
    policies: [schemaPolicy, apiVersionPolicy],
    digest: sha256(canonicalJson([edition, source.digest, config.schemas.kubernetes ?? null, versions])),
    factsOf: factsOfCrd,
    ofPolicies: unknownReadsIn(source),
    awaits: (manifest) =>
      standing(manifest).kind === "foreign" ? customKey(manifest.identity.group, manifest.identity.kind) : undefined,
    ofManifest: (manifest, facts) => {
      const version = versionOf(config, manifest, source.versions);
      const found = standing(manifest);
      switch (found.kind) {
        case "unserved":
          return [apiVersionViolation(manifest, found.rule, "deny", found.message)];
        case "unknown":
          return [unknownKindViolation(manifest, found.pointer, found.message)];
        case "served": {
          const wrong = validateBuiltin(source, version, found.schema, manifest);
          const old =
            found.deprecated === undefined
              ? []
              : [apiVersionViolation(manifest, "deprecated", "warn", found.deprecated)];
          return [...old, ...wrong.map((one) => violationOf(manifest, one))];
        }
        case "foreign":
          return ofCustom(source, version, manifest, nearFacts(manifest, facts).map(customOf));
      }
    },
  };
}

/** The CRDs of a manifest's own environment, else the common ones, else those of other environments. */
function nearFacts({ identity, environment }: Manifest, facts: readonly Fact[]): readonly Fact[] {
  const about = facts.filter(({ key }) => key === customKey(identity.group, identity.kind));
  const own = about.filter((fact) => fact.environment === environment);
  const common = about.filter((fact) => fact.environment === undefined);
  const near = own.length > 0 ? own : common.length > 0 ? common : about;
  return [...new Map(near.map((fact) => [fact.digest, fact])).values()];
}

/** The violations of a custom resource. Of several CRDs of one name, the one it fits best counts. */
function ofCustom(
  source: SchemaSource,
  version: string,
  manifest: Manifest,
  crds: readonly (readonly CustomVersion[])[],
): readonly Violation[] {
  const perCrd = crds.map((versions) => ofCrd(source, version, manifest, versions));
  return (
    perCrd.reduce<readonly Violation[] | undefined>(
      (best, one) => (best === undefined || one.length < best.length ? one : best),
      undefined,
    ) ?? []
  );
}

function ofCrd(
  source: SchemaSource,
  version: string,
  manifest: Manifest,
  versions: readonly CustomVersion[],
): readonly Violation[] {
  const { apiVersion, identity } = manifest;
  const what = `${apiVersion} ${identity.kind}`;
  const served = versions.filter((one) => one.served).map(({ name }) => name);
  const custom = versions.find(({ name }) => `${identity.group}/${name}` === apiVersion);
  if (custom === undefined || !custom.served) {
    const list = served.length === 0 ? "" : `; expected ${identity.group}/${served.join(` or ${identity.group}/`)}`;
    return [apiVersionViolation(manifest, "removed", "deny", `${what} is not served by its CRD${list}`)];
  }
  const wrong: readonly SchemaViolation[] = validateCustom(source, version, custom, manifest);
  const violations = wrong.map((one) => violationOf(manifest, one));
  if (custom.deprecated === undefined) return violations;
  const why = custom.deprecated === "" ? `${what} is deprecated by its CRD` : custom.deprecated;
  return [apiVersionViolation(manifest, "deprecated", "warn", why), ...violations];
}
