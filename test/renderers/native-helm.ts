import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { HelmRequest } from "../../src/model/renderer.ts";
import { goProgram } from "../support/go-program.ts";

/** What `helm template` prints, or its error. */
export type NativeHelm = (request: HelmRequest) => { readonly stdout: string; readonly error?: string };

const linkerFlags = [
  "-s -w",
  "-X helm.sh/helm/v3/internal/version.version=v3.22.0",
  "-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1",
  "-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=37",
].join(" ");

/** Helm, built from its Go module as its releases are built; undefined, said on stderr, where that cannot be done. */
export async function buildNativeHelm(): Promise<NativeHelm | undefined> {
  const binary = await goProgram({
    name: "helm",
    sources: "toolchain/helm-oracle",
    target: "helm.sh/helm/v3/cmd/helm",
    linkerFlags,
    tests: "the comparisons with native Helm",
  });
  if (binary === undefined) return undefined;
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
