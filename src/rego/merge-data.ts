import type { Json, JsonObject } from "../model/json.ts";
import type { DataFile } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { readData } from "./read-data.ts";
import { isObject } from "../manifest/identity.ts";

/** `data` as the loader of OPA merges it, and the problems of files that could not be read or merged. */
export interface MergedData {
  readonly data: JsonObject;
  readonly problems: readonly Problem[];
}

interface Branch {
  readonly members: Map<string, Node>;
}

type Node = { readonly kind: "branch"; readonly branch: Branch } | { readonly kind: "leaf"; readonly value: Json };

interface Reading {
  readonly file: DataFile;
  readonly value: JsonObject;
}

/**
 * Merges data files at their prefixes. Objects are merged; if two files give another value for the same key, that is a
 * problem that names both, and the value of the first file is kept.
 */
export function mergeData(files: readonly DataFile[]): MergedData {
  const root: Branch = { members: new Map() };
  const merged: Reading[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const reading = readRooted(file);
    if ("stage" in reading) {
      problems.push(reading);
      continue;
    }
    const conflict = conflictAt(root, reading.value, []);
    if (conflict === undefined) {
      mergeInto(root, reading.value);
      merged.push(reading);
    } else problems.push(conflictProblem(file, conflict, merged));
  }
  return { data: objectOf(root), problems };
}

function readRooted(file: DataFile): Reading | Problem {
  const read = readData(file);
  if (read.kind === "problem") return read.problem;
  const value = file.prefix.reduceRight<Json>((inner, name) => ({ [name]: inner }), read.value);
  if (isObject(value)) return { file, value };
  const message = "data at the root must be an object; move the file into a directory, or put its content under a key";
  return { stage: "config", path: file.path, message };
}

function conflictAt(branch: Branch, value: JsonObject, path: readonly string[]): readonly string[] | undefined {
  for (const [key, item] of Object.entries(value)) {
    const node = branch.members.get(key);
    if (node === undefined) continue;
    if (node.kind === "leaf" || !isObject(item)) return [...path, key];
    const deeper = conflictAt(node.branch, item, [...path, key]);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function mergeInto(branch: Branch, value: JsonObject): void {
  for (const [key, item] of Object.entries(value)) {
    const node = branch.members.get(key);
    if (!isObject(item)) branch.members.set(key, { kind: "leaf", value: item });
    else if (node?.kind === "branch") mergeInto(node.branch, item);
    else {
      const created: Branch = { members: new Map() };
      mergeInto(created, item);
      branch.members.set(key, { kind: "branch", branch: created });
    }
  }
}

function conflictProblem(file: DataFile, path: readonly string[], merged: readonly Reading[]): Problem {
  const other = merged.find(({ value }) => has(value, path))?.file.path;
  const place = ["data", ...path].join(".");
  const message = `two files set ${place}: this one and ${other ?? "another"}; keep one`;
  return { stage: "config", path: file.path, message };
}

function has(value: Json, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  return isObject(value) && Object.hasOwn(value, key) && has(value[key] ?? null, rest);
}

function objectOf(branch: Branch): JsonObject {
  return Object.fromEntries(
    [...branch.members].map(([key, node]) => [key, node.kind === "leaf" ? node.value : objectOf(node.branch)]),
  );
}
