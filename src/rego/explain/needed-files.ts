import type { PolicyFile } from "../../model/policy.ts";
import { readModule } from "../reading/module.ts";
import { reachIn } from "../reading/reach.ts";

/** The files that the rules of a package may read, its own included; never fewer, and of a large set far fewer than all. */
export function neededFiles(files: readonly PolicyFile[]): (packageName: string) => readonly PolicyFile[] {
  const modules = files.map(readModule);
  const reach = reachIn(modules);
  const known = new Map<string, readonly PolicyFile[]>();
  return (packageName) => {
    const found = known.get(packageName) ?? filesOf(packageName);
    known.set(packageName, found);
    return found;
  };

  function filesOf(packageName: string): readonly PolicyFile[] {
    const { packages } = reach(packageName, undefined);
    return files.filter((_, at) => {
      const name = modules[at]?.package ?? "";
      return name === packageName || packages.has(name);
    });
  }
}
