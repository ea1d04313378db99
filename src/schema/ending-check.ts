import { canonicalJson } from "../manifest/canonical-json.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { BuiltinCheck } from "../model/builtin-check.ts";
import type { Config } from "../model/config.ts";
import type { Policy } from "../model/policy.ts";
import type { SchemaSource } from "./schema.ts";
import { insteadOf } from "./served.ts";
import { versionOf } from "./versions.ts";
import { endingViolation } from "./violations.ts";

/** The policy that says which API versions end soon. Only the judgement of a whole branch asks it. */
export const endingPolicy: Policy = {
  id: "kubernetes/ending-api-version",
  package: "kubernetes/ending-api-version",
  title: "API versions do not end soon",
  docs: "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
};

/** How many versions of Kubernetes ahead are looked at: about a year. */
const VERSIONS_AHEAD = 3;

/** Raised when the result for the same schemas and manifest changes. */
const edition = 1;

/** Makes the check that finds API versions which the next Kubernetes versions of their environment deprecate or do not serve. */
export function createEndingCheck(source: SchemaSource, config: Config): BuiltinCheck {
  const versions = Object.entries(config.environments).map(([name, { kubernetes }]) => [name, kubernetes ?? null]);
  return {
    policies: [endingPolicy],
    digest: sha256(
      canonicalJson(["ending", edition, source.digest, config.schemas.kubernetes ?? null, versions, VERSIONS_AHEAD]),
    ),
    ofManifest: (manifest) => {
      const { apiVersion, identity } = manifest;
      const version = versionOf(config, manifest, source.versions);
      if (source.schemaOf(version, apiVersion, identity.kind) === undefined) return [];
      const minor = Number(version.split(".")[1]);
      const { deprecated, removed } = source.lifeOf(apiVersion, identity.kind) ?? {};
      const isNear = (at: number | undefined): at is number =>
        at !== undefined && at > minor && at <= minor + VERSIONS_AHEAD;
      const what = `${apiVersion} ${identity.kind}`;
      const instead = insteadOf(source, version, apiVersion, identity.kind);
      if (isNear(removed))
        return [
          endingViolation(endingPolicy.id, manifest, `${what} is not served from Kubernetes 1.${removed} on${instead}`),
        ];
      if (isNear(deprecated))
        return [
          endingViolation(
            endingPolicy.id,
            manifest,
            `${what} is deprecated from Kubernetes 1.${deprecated} on${instead}`,
          ),
        ];
      return [];
    },
  };
}
