import type { DocumentParser } from "../../model/document-parser.ts";
import type { PolicySources } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import { configCalls } from "../../rego/dialects/config-calls.ts";
import { withConfigFunctions, type AnsweredWant } from "../../rego/dialects/config-modules.ts";
import { configValue, type ConfigAccess } from "../../rego/dialects/config-values.ts";

/** The files that a policy set brings with it, as what configuration files are read from. */
export function ownConfigFiles({ configFiles = [] }: PolicySources, parser: DocumentParser): ConfigAccess {
  return {
    parser,
    read: async (module, written) => {
      const file = configFiles.find((one) => one.module === module && one.written === written);
      return file === undefined ? undefined : new TextEncoder().encode(file.text);
    },
  };
}

/**
 * A policy set in which conftest's functions that read configuration files give what they give there: their arguments must be
 * written in the call, since nothing but the policies may decide what is read. The compiler refuses all other calls.
 */
export async function withOwnConfigs(
  sources: PolicySources,
  open: () => DocumentParser,
): Promise<{ readonly sources: PolicySources; readonly problems: readonly Problem[] }> {
  const calls = sources.files.flatMap(({ path, text }) => configCalls(text).map((call) => ({ ...call, path })));
  if (calls.length === 0) return { sources, problems: [] };
  const parser = open();
  try {
    const access = ownConfigFiles(sources, parser);
    const known: AnsweredWant[] = [];
    const problems: Problem[] = [];
    for (const { path, name, line, values } of calls) {
      if (values === undefined) continue;
      const want = { name, module: path, values };
      const value = await configValue(want, access);
      known.push({ want, value });
      if ("error" in value) problems.push({ stage: "compile", path, line, message: `${name}: ${value.error}` });
    }
    return { sources: { ...sources, files: withConfigFunctions(sources.files, known, { asks: false }) }, problems };
  } finally {
    parser.close();
  }
}
