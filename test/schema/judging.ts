import { defaultConfig } from "../../src/config/default-config.ts";
import { readManifests } from "../../src/manifest/read-manifests.ts";
import type { Fact } from "../../src/model/fact.ts";
import type { Config } from "../../src/model/config.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Violation } from "../../src/model/violation.ts";
import { readFile } from "../../src/render/files/read-file.ts";
import { openSchemaBundle } from "../../src/schema-bundle/open-bundle.ts";
import { createSchemaCheck } from "../../src/schema/schema-check.ts";

/** The configuration with a version of Kubernetes, such as `1.34`. */
export function onKubernetes(kubernetes: string): Config {
  return { ...defaultConfig, schemas: { enabled: true, kubernetes } };
}

/** The manifests of a YAML text. */
export function manifestsIn(yaml: string): readonly Manifest[] {
  const { manifests, problems } = readManifests("a.yaml", new TextEncoder().encode(yaml));
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return manifests;
}

/** What the schemas say of every manifest of a text, CRDs of the text included. */
export function complaintsOf(yaml: string, config: Config = onKubernetes("1.34")): readonly Violation[] {
  const check = createSchemaCheck(openSchemaBundle(), config);
  const manifests = manifestsIn(yaml);
  const facts: readonly Fact[] = manifests.flatMap((manifest) => check.factsOf?.(manifest) ?? []);
  return manifests.flatMap((manifest) => check.ofManifest?.(manifest, facts) ?? []);
}

/** The same as `rule line message`, with the line in the text. */
export function linesOf(yaml: string, config?: Config): readonly string[] {
  const reading = readFile("a.yaml", new TextEncoder().encode(yaml));
  const check = createSchemaCheck(openSchemaBundle(), config ?? onKubernetes("1.34"));
  const facts = reading.manifests.flatMap((manifest) => check.factsOf?.(manifest) ?? []);
  return reading.manifests.flatMap((manifest) =>
    (check.ofManifest?.(manifest, facts) ?? []).map(
      ({ rule, message, cause }) => `${rule} ${reading.place(manifest.position, cause.pointer).line} ${message}`,
    ),
  );
}
