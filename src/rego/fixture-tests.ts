import { inventoryOf, severalOf } from "../manifest/object-facts.ts";
import type { KnownFacts } from "../model/fact.ts";
import type { Json } from "../model/json.ts";
import type { PolicyFile } from "../model/policy.ts";
import { readModule } from "./reading/module.ts";
import type { ModuleSource } from "./toolchain/protocol.ts";
import { writeJson } from "./value/json-text.ts";

/** One manifest of a fixture, and the packages that it tests. */
export interface FixtureInput {
  readonly packages: readonly string[];
  readonly manifest: Json;
  /** The other objects of the fixture, where its rules look them up. */
  readonly facts?: KnownFacts;
}

/** The path and package of the test that `fixtureTests` writes. */
export const FIXTURE_TESTS = { path: "portcullis_fixtures_test.rego", package: "portcullis_fixtures" } as const;

/** A test file that asks the rules of each package about each manifest, so that coverage counts what fixtures reach. */
export function fixtureTests(inputs: readonly FixtureInput[], files: readonly PolicyFile[]): ModuleSource {
  const rules = new Map<string, Set<string>>();
  for (const { package: name, statements } of files.map(readModule)) {
    const deciding = statements
      .filter(({ tokens, name: rule }) => /^(?:deny|violation|warn)(?:_\w+)?$/.test(rule) && tokens[0]?.text !== "(")
      .map((statement) => statement.name);
    rules.set(name, new Set([...(rules.get(name) ?? []), ...deciding]));
  }
  const tests = inputs.flatMap(({ packages, manifest, facts }) =>
    packages.flatMap((name) =>
      [...(rules.get(name) ?? [])].map(
        (rule) => `_ = data.${name}.${rule} with input as ${writeJson(manifest)}${others(facts)}`,
      ),
    ),
  );
  const bodies = tests.map((body, at) => `test_${at} if {\n\t${body}\n}\n`);
  const text = `package ${FIXTURE_TESTS.package}\n\nimport rego.v1\n\n${bodies.join("\n")}`;
  return { path: FIXTURE_TESTS.path, text, regoVersion: "v1" };
}

function others(facts: KnownFacts | undefined): string {
  return facts === undefined
    ? ""
    : ` with data.portcullis.inventory as ${writeJson({ ...inventoryOf(facts), several: severalOf(facts) })}`;
}
