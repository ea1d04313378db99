import type { Problem } from "../../model/problem.ts";
import { readModule, type Reference } from "../reading/module.ts";
import { referencesIn } from "../reading/reach.ts";
import type { ModuleSource } from "../toolchain/protocol.ts";

/** What Gatekeeper refuses in the modules of a template, by the rules of its Rego rewriter. */
export function moduleFaults(modules: readonly ModuleSource[]): {
  /** The package of the template's own module. */
  readonly package: string;
  readonly problems: readonly Problem[];
} {
  const read = modules.map(readModule);
  const problems = read.flatMap((module, at) => {
    const fault = (line: number, message: string): Problem => ({ stage: "compile", path: module.path, line, message });
    const inLib = /^lib[.[]/.test(module.package);
    return [
      ...(at > 0 && !inLib
        ? [fault(1, `a library of a template must be in a package below lib, and this one is in ${module.package}`)]
        : []),
      ...[...module.imports.values()]
        .filter(isForeignImport)
        .map(({ line, root, steps }) =>
          fault(
            line,
            `a template may import data.lib and future.keywords only, and this imports ${nameOf(root, steps)}`,
          ),
        ),
      ...module.statements
        .flatMap((statement) => referencesIn(module, statement))
        .filter(({ root, steps: [first] }) => root === "data" && first !== "lib" && first !== "inventory")
        .map(({ line, root, steps }) =>
          fault(line, `a template may read data.lib and data.inventory only, and this reads ${nameOf(root, steps)}`),
        ),
    ];
  });
  return { package: read[0]?.package ?? "", problems: once(problems) };
}

function isForeignImport({ root, steps: [first] }: Reference): boolean {
  return root === "input" || first !== "lib";
}

function nameOf(root: string, steps: Reference["steps"]): string {
  return [root, ...steps.map((step) => step ?? "_")].join(".");
}

function once(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
