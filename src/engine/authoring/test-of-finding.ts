import { toJsonText } from "../../manifest/json-text.ts";
import type { JsonObject } from "../../model/json.ts";
import type { PolicyFile, PolicySources } from "../../model/policy.ts";
import { mergeData } from "../../rego/merge-data.ts";
import type { ModuleSource } from "../../rego/toolchain/protocol.ts";
import type { Toolchain } from "../../rego/toolchain/toolchain.ts";

/** A finding as a test rule asserts it. */
export interface TestedFinding {
  /** The rule, such as `data.workloads.owner.deny`. */
  readonly rule: string;
  readonly message: string;
  readonly manifest: JsonObject;
  /** What the name of the test ends with. */
  readonly about: string;
}

/** The text of a file of tests with one more test, and its name. */
export interface AddedTest {
  readonly text: string;
  readonly name: string;
}

/**
 * Adds a test to a file of tests that the manifest gives the finding: with its message where results are strings. Undefined
 * where no such test passes.
 */
export async function testOfFinding(
  { rule, message, manifest, about }: TestedFinding,
  file: PolicyFile,
  { sources, toolchain }: { readonly sources: PolicySources; readonly toolchain: Toolchain },
): Promise<AddedTest | undefined> {
  const { regoVersion: ofSet } = sources;
  const regoVersion = file.regoVersion ?? (/^\s*import\s+rego\.v1\b/m.test(file.text) ? "v1" : ofSet);
  const name = freeName(`test_${about.replaceAll(/\W/g, "_")}_is_found`, file.text);
  const head = regoVersion === "v1" ? `${name} if {` : `${name} {`;
  const { data } = mergeData(sources.data);
  const others = sources.files.map((one): ModuleSource => ({ ...one, regoVersion: one.regoVersion ?? ofSet }));
  const said =
    regoVersion === "v1" ? [`${JSON.stringify(message)} in ${rule}`] : [`${rule}[${JSON.stringify(message)}]`];
  for (const condition of [...said, `count(${rule}) > 0`]) {
    const added = `${file.text.trimEnd()}\n\n${head}\n\t${condition} with input as ${toJsonText(manifest)}\n}\n`;
    const text = await laidOut(file, added, regoVersion, toolchain);
    const outcome = await toolchain.test({
      modules: [...others, { path: file.path, text, regoVersion }],
      data,
      run: `\\.${name}$`,
    });
    if (outcome.kind === "answer" && outcome.answer.results.some((result) => result.outcome === "pass"))
      return { text, name };
  }
  return undefined;
}

function freeName(name: string, text: string): string {
  if (!new RegExp(`\\b${name}\\b`).test(text)) return name;
  for (let number = 2; ; number += 1) if (!new RegExp(`\\b${name}_${number}\\b`).test(text)) return `${name}_${number}`;
}

/** The text as `opa fmt` writes it, if the file is in that layout already. */
async function laidOut(
  file: PolicyFile,
  text: string,
  regoVersion: "v0" | "v1",
  toolchain: Toolchain,
): Promise<string> {
  const [before, after] = await Promise.all(
    [file.text, text].map((one) => toolchain.format({ path: file.path, text: one, regoVersion })),
  );
  const isLaidOut = before?.kind === "answer" && before.answer.text === file.text;
  return isLaidOut && after?.kind === "answer" && after.answer.errors.length === 0 ? after.answer.text : text;
}
