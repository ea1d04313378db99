import { spawnSync } from "node:child_process";

/** Go modules that hold Kubernetes' API as data. The last patch release of each minor version that the module proxy lists. */
export const kubernetes = {
  // Only which kinds they serve: it tells when an API version went.
  served: ["1.13.0", "1.14.10", "1.15.12", "1.16.15", "1.17.17", "1.18.20", "1.19.16", "1.20.15", "1.21.14", "1.22.17", "1.23.17", "1.24.17"],
  // Their schemas too.
  bundled: ["1.25.16", "1.26.15", "1.27.16", "1.28.15", "1.29.6", "1.30.14", "1.31.14", "1.32.13", "1.33.13", "1.34.4", "1.35.4", "1.36.3", "1.37.2"],
};

/** Where types are marked with the versions they were introduced, deprecated and removed in; what a later one says counts. */
export const lifecycles = [
  "k8s.io/api@v0.20.6",
  "k8s.io/api@v0.24.3",
  "k8s.io/api@v0.26.9",
  "k8s.io/api@v0.29.15",
  "k8s.io/apiextensions-apiserver@v0.37.2",
  "k8s.io/kube-aggregator@v0.37.2",
  "k8s.io/api@v0.37.2",
];

/** Downloads a module through Go, which checks it against the checksum database: its directory and its h1 digest. */
export function download(module) {
  const { status, stdout, stderr, error } = spawnSync("go", ["mod", "download", "-json", module], {
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=mod", GOWORK: "off", GOTOOLCHAIN: "local" },
  });
  if (error) throw new Error(`Go is needed: ${error.message}`);
  if (status !== 0) throw new Error(`${module}: ${stderr}${stdout}`);
  const { Dir, Sum } = JSON.parse(stdout);
  return { module, directory: Dir, sum: Sum };
}
