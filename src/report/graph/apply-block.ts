import type { ApplyEntry } from "../../model/config.ts";

/** Entries of `apply:` as portcullis.yaml has them. */
export function applyBlock(entries: readonly ApplyEntry[]): string {
  if (entries.length === 0) return "# nothing is applied: no manifest is judged\n";
  return `apply:\n${entries.map((entry) => `  - { ${keysOf(entry).join(", ")} }\n`).join("")}`;
}

function keysOf({ path, as, environment }: ApplyEntry): readonly string[] {
  return [
    `path: ${JSON.stringify(path)}`,
    `as: ${as}`,
    ...(environment === undefined ? [] : [`environment: ${JSON.stringify(environment)}`]),
  ];
}
