import type { Role } from "../files/role.ts";
import { directoryOf } from "../files/scope.ts";

/** Makes the function that finds the Helm chart of a file, given all paths of the tree. CRDs of a chart are plain files: Helm does not render them. */
export function chartFinder(paths: Iterable<string>): (path: string) => Role | undefined {
  const charts = new Set<string>();
  for (const path of paths) {
    if (path === "Chart.yaml" || path.endsWith("/Chart.yaml")) charts.add(directoryOf(path));
  }
  if (charts.size === 0) return () => undefined;
  return (path) => {
    for (let directory = directoryOf(path); ; directory = directoryOf(directory)) {
      if (charts.has(directory)) {
        const inner = directory === "" ? path : path.slice(directory.length + 1);
        if (inner.startsWith("crds/")) return undefined;
        return { kind: "chart", chart: directory === "" ? "." : directory, template: inner.startsWith("templates/") };
      }
      if (directory === "") return undefined;
    }
  };
}
