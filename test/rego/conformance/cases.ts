import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readManifests } from "../../../src/manifest/read-manifests.ts";
import type { Json, JsonObject } from "../../../src/model/json.ts";

/** One of OPA's own evaluation cases, as its test suite states it. */
export interface ConformanceCase {
  /** Folder and note, which together name the case. */
  readonly name: string;
  readonly regoVersion: "v0" | "v1";
  readonly query: string;
  readonly modules: readonly string[];
  readonly data?: JsonObject;
  readonly input?: Json;
  /** Input in Rego's notation, where JSON cannot write it. */
  readonly inputTerm?: string;
  /** The query's solutions. */
  readonly wantResult?: readonly JsonObject[];
  readonly wantError: boolean;
  /** The error shows only where errors of builtins end the evaluation. */
  readonly strictError: boolean;
  readonly sortBindings: boolean;
}

/** OPA's Go module, at the version that the toolchain is built from; or why it cannot be had. */
export function opaModule(): { readonly directory: string } | { readonly missing: string } {
  const { status, stdout, error } = spawnSync("go", ["mod", "download", "-json", "github.com/open-policy-agent/opa"], {
    cwd: join(process.cwd(), "toolchain/opa"),
    encoding: "utf8",
    env: { ...process.env, GOTOOLCHAIN: "local" },
  });
  if (error !== undefined) return { missing: "Go is not installed" };
  if (status !== 0) return { missing: "OPA's Go module cannot be downloaded" };
  return { directory: (JSON.parse(stdout) as { readonly Dir: string }).Dir };
}

/** All cases of one version of Rego, in the order of their names. Throws where a file is not what was expected. */
export function readCases(opa: string, regoVersion: "v0" | "v1"): readonly ConformanceCase[] {
  const root = join(opa, "v1/test/cases/testdata", regoVersion);
  if (!existsSync(root)) throw new Error(`OPA's module has no ${root}`);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".yaml"))
    .toSorted()
    .flatMap((path) => readFile(join(root, path)).map((one) => toCase(path, one, regoVersion)));
}

function readFile(path: string): readonly JsonObject[] {
  // OPA reads its cases as YAML 1.2, where `on` is a text.
  const bytes = Buffer.from(readFileSync(path, "utf8").replaceAll(/^(\s*)(on):/gm, '$1"$2":'));
  const { notManifests, problems } = readManifests(path, bytes, {
    fileBytes: 1e9,
    documentLength: 1e9,
    documents: 10,
    depth: 1e6,
    expansion: 1e9,
  });
  if (problems.length > 0) throw new Error(`${path}: ${problems[0]?.message}`);
  return notManifests.flatMap(({ value }) => (value as unknown as { readonly cases: readonly JsonObject[] }).cases);
}

function toCase(path: string, one: JsonObject, regoVersion: "v0" | "v1"): ConformanceCase {
  const folder = path.slice(0, path.indexOf("/"));
  const { input, input_term: inputTerm, data } = one;
  return {
    name: `${folder}: ${text(one.note)}`,
    regoVersion,
    query: text(one.query),
    modules: (one.modules ?? []) as readonly string[],
    ...(data === undefined || data === null ? {} : { data: data as JsonObject }),
    ...(input === undefined || input === null ? {} : { input }),
    ...(typeof inputTerm === "string" ? { inputTerm } : {}),
    ...(Array.isArray(one.want_result) ? { wantResult: one.want_result as unknown as readonly JsonObject[] } : {}),
    wantError: one.want_error !== undefined || one.want_error_code !== undefined,
    strictError: one.strict_error === true,
    sortBindings: one.sort_bindings === true,
  };
}

function text(value: Json | undefined): string {
  if (typeof value !== "string") throw new Error(`expected a text, not ${typeof value}`);
  return value;
}
