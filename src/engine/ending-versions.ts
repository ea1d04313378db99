import type { BuiltinCheck } from "../model/builtin-check.ts";
import type { Config } from "../model/config.ts";
import { openSchemaBundle } from "../schema-bundle/open-bundle.ts";
import { createEndingCheck, endingPolicy } from "../schema/ending-check.ts";

/** The policy whose findings say which API versions end soon. */
export const ENDING_POLICY = endingPolicy.id;

/** What finds API versions that end soon, where a configuration has manifests validated. */
export function endingChecks(config: Config): readonly BuiltinCheck[] {
  return config.schemas.enabled ? [createEndingCheck(openSchemaBundle(), config)] : [];
}
