import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Rollback, RollbackList, RollbackReport } from "../../src/model/rollback.ts";
import { directoryWith, git, portcullis, write, type Ran } from "./run-portcullis.ts";

/** Files of one commit; null removes one. */
export type Step = { readonly [path: string]: string | null };

/** A Git repository on `main` with one commit for each step, named `step 1` and so on. */
export function repositoryWith(...steps: readonly Step[]): string {
  const directory = directoryWith({});
  git(directory, "init", "-q", "-b", "main");
  for (const [at, step] of steps.entries()) commit(directory, step, `step ${at + 1}`);
  return directory;
}

export function commit(directory: string, step: Step, subject: string): void {
  for (const [path, text] of Object.entries(step)) {
    if (text === null) rmSync(join(directory, path));
    else write(directory, { [path]: text });
  }
  git(directory, "add", "-A");
  git(directory, "commit", "-q", "--allow-empty", "-m", subject);
}

/** Nothing is asked of GitHub, whatever the environment of the tests holds. */
const ALONE = { GITHUB_TOKEN: "", GITHUB_REPOSITORY: "", PORTCULLIS_APP_ID: "" };

export function rollback(directory: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return portcullis(directory, ["rollback", ...args], { ...ALONE, ...env });
}

/** The states of each environment, checked against the schema. */
export async function listed(directory: string, args: readonly string[] = [], env = {}): Promise<RollbackList> {
  return answered(await rollback(directory, [...args, "-o", "json"], env)) as RollbackList;
}

/** The ways back of an environment, checked against the schema. */
export async function detailed(directory: string, args: readonly string[] = [], env = {}): Promise<RollbackReport> {
  return answered(await rollback(directory, [...args, "-o", "json"], env)) as RollbackReport;
}

/** The only way back. */
export async function way(directory: string, args: readonly string[]): Promise<Rollback> {
  const { rollbacks } = await detailed(directory, args);
  const [first] = rollbacks;
  if (rollbacks.length !== 1 || first === undefined || "problem" in first)
    throw new Error(`expected one way back: ${JSON.stringify(rollbacks)}`);
  return first;
}

let validate: ValidateFunction | undefined;

function answered({ code, out, err }: Ran): unknown {
  expect({
    code,
    err: err.replace(/^portcullis: no portcullis\.yaml.*\n|^portcullis: .*shipped library.*\n/gm, ""),
  }).toEqual({ code: 0, err: "" });
  const value: unknown = JSON.parse(out);
  validate ??= addFormats
    .default(new Ajv2020({ allErrors: true, strict: true, strictRequired: false }))
    .compile(JSON.parse(readFileSync("schema/rollback.schema.json", "utf8")) as object);
  expect([validate(value), validate.errors]).toEqual([true, null]);
  return value;
}

const CONFIGURATION = `version: 1
policies: [policies]
environments: { production: { paths: [overlays/production] }, staging: { paths: [overlays/staging] } }
`;

const POLICY = `package main

deny contains "latest is no version" if {
	some container in input.spec.template.spec.containers
	endswith(container.image, ":latest")
}
`;

export const deployment = (image: string, label = "web"): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: ${label} } }
  template:
    metadata: { labels: { app: ${label} } }
    spec: { containers: [{ name: web, image: "web:${image}" }] }
`;

/** Two overlays of one base. */
export const overlays: Step = {
  "portcullis.yaml": CONFIGURATION,
  "policies/main.rego": POLICY,
  "base/kustomization.yaml": "resources: [web.yaml]\n",
  "base/web.yaml": deployment("1"),
  "overlays/production/kustomization.yaml": "resources: [../../base]\n",
  "overlays/staging/kustomization.yaml": "resources: [../../base]\n",
};
