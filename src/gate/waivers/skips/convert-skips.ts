import type { Tree } from "../../../model/tree.ts";
import type { Waiver } from "../../../model/waiver.ts";
import { waiverText } from "../waiver-text.ts";
import { policiesOfCheck, type SkippingTool } from "./check-policies.ts";
import { findSkips, maySkip, type Skip } from "./find-skips.ts";

/** What another tool's skips become. */
export interface ConvertedSkips {
  /** A file with waivers; absent where there are none. */
  readonly text?: string;
  readonly waivers: number;
  /** What could not be converted, and why: a line each. */
  readonly left: readonly string[];
}

/** Converts what a tree tells another tool to skip into waivers that expire on a day. Nothing is waived by that alone. */
export async function convertSkips(tree: Tree, tool: SkippingTool, expires: string): Promise<ConvertedSkips> {
  const entries = await tree.list();
  const paths = entries.flatMap(({ path, kind }) => (kind === "file" && maySkip(tool, path) ? [path] : []));
  const waivers = new Map<string, Omit<Waiver, "path" | "line">>();
  const left: string[] = [];
  for await (const { path, bytes } of tree.readAll(paths)) {
    for (const skip of findSkips(tool, path, bytes)) {
      const converted = waiversOf(skip, tool, expires);
      if (typeof converted === "string") left.push(`${skip.path}:${skip.line}: ${converted}`);
      else for (const one of converted) waivers.set(JSON.stringify([one.scope, one.match]), one);
    }
  }
  const text = [...waivers.values()].map(waiverText).join("");
  return { waivers: waivers.size, left, ...(text === "" ? {} : { text }) };
}

/** The waivers of a skip, or why it has none. */
function waiversOf(
  { path, check, reason, manifest }: Skip,
  tool: SkippingTool,
  expires: string,
): readonly Omit<Waiver, "path" | "line">[] | string {
  if (manifest === undefined && check === "*")
    return `settings of ${tool} hold for every object: set levels: for what should not be judged at all`;
  if (check === "*") return "it skips every check: write a waiver for each policy that finds something";
  const policies = policiesOfCheck(tool, check);
  if (policies.length === 0) return `no policy is known that finds what ${check} finds`;
  if (manifest === undefined) return `${check}: it belongs to no single object`;
  const { kind, namespace, name } = manifest.identity;
  if (name === "" || name.includes("*")) return `${check}: its object has no name`;
  return policies.map((policy) => ({
    scope: { kind: "policy", policy },
    match: {
      kind: [kind],
      ...(namespace === undefined ? {} : { namespace: [namespace] }),
      name: [name],
    },
    reason: reason ?? `skipped for ${tool}: ${check} (${path})`,
    expires,
  }));
}
