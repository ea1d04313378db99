import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { HelmRequest } from "../../src/model/renderer.ts";

/** What `helm template` prints, or its error. */
export type NativeHelm = (request: HelmRequest) => { readonly stdout: string; readonly error?: string };

const sources = "toolchain/helm-oracle";

const flags = [
  "-X helm.sh/helm/v3/internal/version.version=v3.22.0",
  "-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1",
  "-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=37",
].join(" ");

/** Builds Helm from its Go module as its releases are built, once for each version; undefined, said on stderr, where that cannot be done. */
export function buildNativeHelm(): NativeHelm | undefined {
  const hash = createHash("sha256").update(flags);
  for (const name of ["go.mod", "go.sum"]) hash.update(readFileSync(join(sources, name)));
  const folder = join(tmpdir(), `portcullis-native-helm-${hash.digest("hex").slice(0, 16)}`);
  const binary = join(folder, "helm");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    const built = join(folder, `helm-${process.pid}`);
    const command = ["build", "-trimpath", `-ldflags=-s -w ${flags}`, "-o", built, "helm.sh/helm/v3/cmd/helm"];
    const { status, stderr, error } = spawnSync("go", command, { cwd: sources });
    if (status !== 0) {
      const why = error === undefined ? String(stderr) : error.message;
      process.stderr.write(
        `SKIPPED: the comparison with native Helm needs Go and its modules (${why.trim().slice(0, 300)})\n`,
      );
      return undefined;
    }
    renameSync(built, binary);
  }
  return (request) => template(binary, request);
}

const setFlags = { value: "--set", string: "--set-string", json: "--set-json", file: "--set-file" } as const;

function template(binary: string, request: HelmRequest): { readonly stdout: string; readonly error?: string } {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-chart-"));
  const write = (path: string, content: Uint8Array | string): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  for (const [path, bytes] of request.chart) write(join("chart", path), bytes);
  const only = [...request.chart.keys()];
  const whole = only.length === 1 && only[0]?.endsWith(".tgz") === true ? join("chart", only[0]) : "chart";
  const values = request.values.flatMap((value, at) => ["-f", write(`values-${at}.json`, JSON.stringify(value))]);
  const set = (request.set ?? []).flatMap(({ as, name, value }, at) => [
    setFlags[as],
    `${name}=${as === "file" ? write(`set-${at}`, value) : value}`,
  ]);
  const { status, stdout, stderr } = spawnSync(
    binary,
    [
      "template",
      request.releaseName,
      join(folder, whole),
      "--namespace",
      request.namespace,
      ...values,
      ...set,
      ...(request.kubeVersion === undefined ? [] : ["--kube-version", request.kubeVersion]),
      ...(request.apiVersions ?? []).flatMap((version) => ["--api-versions", version]),
      ...(request.includeCrds === true ? ["--include-crds"] : []),
      ...(request.isUpgrade === true ? ["--is-upgrade"] : []),
    ],
    { encoding: "utf8", maxBuffer: 1 << 28, env: { HOME: folder, PATH: "" } },
  );
  rmSync(folder, { recursive: true, force: true });
  return status === 0 ? { stdout } : { stdout, error: stderr.replace(/^(?:.*\n)*?Error: /, "").trim() };
}
