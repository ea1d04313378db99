import type { PolicyFile } from "../../model/policy.ts";
import { readModule } from "../reading/module.ts";

/** A rule as it is written. */
export interface RuleText {
  readonly path: string;
  /** Of the first line, 1-based. */
  readonly line: number;
  readonly name: string;
  readonly lines: readonly string[];
}

/** The texts of the rules in a package whose names decide. */
export function ruleTexts(files: readonly PolicyFile[], packageName: string): readonly RuleText[] {
  return files.flatMap((file) => {
    const module = readModule(file);
    if (module.package !== packageName) return [];
    const all = file.text.split("\n");
    return module.statements.flatMap(({ name, line, isDefault }, at): readonly RuleText[] => {
      if (isDefault || !/^(?:deny|violation|warn)(?:_[a-zA-Z0-9]+)*$/.test(name)) return [];
      const lines = all.slice(line - 1, (module.statements[at + 1]?.line ?? all.length + 1) - 1);
      while (/^\s*(?:#.*)?$/.test(lines.at(-1) ?? "x")) lines.pop();
      return [{ path: file.path, line, name, lines }];
    });
  });
}
