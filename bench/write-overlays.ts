import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes five bases with twelve overlays each, 65 Kustomize roots, and returns the directory. */
export function writeOverlays(at: string): string {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), text);
  };
  write("team0/base/kustomization.yaml", "resources: [web.yaml, rest.yaml]\ncommonLabels: {app: shop}\n");
  write(
    "team0/base/web.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        - name: web\n          image: nginx:1.0\n          env: [{name: A, value: b}]\n",
  );
  const rest = ["Service", "ServiceAccount", "ConfigMap"].map(
    (kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: web}\n`,
  );
  write("team0/base/rest.yaml", rest.join("---\n"));
  for (let overlay = 0; overlay < 12; overlay++) {
    write(
      `team0/overlays/${overlay}/kustomization.yaml`,
      `namespace: team-${overlay}\nnamePrefix: p${overlay}-\nresources: [../../base]\nimages: [{name: nginx, newTag: "1.${overlay}"}]\nconfigMapGenerator: [{name: settings, literals: [stage=${overlay}]}]\npatches: [{path: patch.yaml}]\n`,
    );
    write(
      `team0/overlays/${overlay}/patch.yaml`,
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: ${overlay}\n  template: {spec: {containers: [{name: web, resources: {limits: {memory: 1Gi}}}]}}\n`,
    );
  }
  for (let team = 1; team < 5; team++) cpSync(join(at, "team0"), join(at, `team${team}`), { recursive: true });
  return at;
}
