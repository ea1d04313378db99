import type { Config } from "../model/config.ts";
import type { Pointer } from "../model/json.ts";
import type { DataFile, PolicyFile, PolicySources } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree, TreeEntry } from "../model/tree.ts";
import { besideRego } from "./beside-rego.ts";
import { LIBRARY } from "./named-policies.ts";
import type { ConfigSource } from "./read-config.ts";

/** Which files make a policy set. Paths are files or directories of the tree. */
export interface PolicySelection {
  readonly policies: readonly string[];
  readonly data: readonly string[];
  readonly namespaces?: readonly string[] | "*";
  /** Default v1. */
  readonly regoVersion?: "v0" | "v1";
  /** What environments ask of policies by other parameters. */
  readonly environments?: Config["environments"];
  /** A path without policies, or a namespace without rules, is no problem. */
  readonly allowEmpty?: boolean;
}

/** The files of a policy set, its tests, and the problems of what could not be found or read. */
export interface PolicyReading {
  readonly sources: PolicySources;
  /** `*_test.rego`: compiled by `test` only. */
  readonly tests: readonly PolicyFile[];
  readonly problems: readonly Problem[];
  /** Problems of files beside the policies that would deny something and are not read; tests run without them. */
  readonly refused: readonly Problem[];
  /** Files below a path of policies that are neither policies nor data nor fixtures of tests. */
  readonly unused: readonly string[];
}

/**
 * Reads the selected policies and data from a tree. `library` is the tree with the shipped library
 * below `policies/`; it is read where the selection names `@portcullis/library`.
 */
export async function policySources(
  tree: Tree,
  selection: PolicySelection,
  source?: ConfigSource,
  library?: Tree,
): Promise<PolicyReading> {
  // Do not list the repository where nothing is selected.
  const entries = selection.policies.length + selection.data.length === 0 ? [] : await tree.list();
  const problems: Problem[] = [];
  const found = (list: "policies" | "data", wanted: RegExp): readonly FoundFile[] =>
    selection[list].flatMap((written, index) => {
      if (written === LIBRARY && list === "policies" && library !== undefined) return [];
      const { files, trouble, empty } = filesBelow(entries, written, wanted);
      if (empty !== undefined && list === "policies" && selection.allowEmpty === true) return [];
      problems.push(
        ...[...trouble, empty ?? []]
          .flat()
          .map((message) => configProblem(source, `/${list}/${index}`, `${written}: ${message}`)),
      );
      return files;
    });
  const own = await readTexts(tree, onlyOnce(found("policies", /\.rego$/)), problems);
  const shipped =
    selection.policies.includes(LIBRARY) && library !== undefined ? await readLibrary(library, problems) : [];
  const policies = [...own, ...shipped];
  const data = await readTexts(tree, found("data", /\.(?:json|ya?ml)$/), problems);
  const others = entries.length === 0 ? [] : await readTexts(tree, othersBelow(entries, selection), []);
  const beside = besideRego(others, policies);
  const [tests, files] = [policies.filter(({ path }) => isTest(path)), policies.filter(({ path }) => !isTest(path))];
  return {
    sources: {
      files: files.map(({ path, text }) => ({ path, text })),
      data: data.map(({ path, prefix, text }): DataFile => ({ path, prefix, text })),
      ...(selection.namespaces === undefined ? {} : { namespaces: selection.namespaces }),
      regoVersion: selection.regoVersion ?? "v1",
      ...parametersOf(selection.environments ?? {}),
      ...(selection.allowEmpty === true ? { allowEmpty: true } : {}),
    },
    tests: tests.map(({ path, text }) => ({ path, text })),
    problems,
    refused: beside.problems,
    unused: beside.unused,
  };
}

/** JSON and YAML below the policies that are neither data nor fixtures of tests. */
function othersBelow(entries: readonly TreeEntry[], { policies, data }: PolicySelection): readonly FoundFile[] {
  const wanted = /\.(?:json|ya?ml)$/;
  const below = (written: string): readonly FoundFile[] =>
    written === LIBRARY ? [] : filesBelow(entries, written, wanted).files.filter(({ path }) => wanted.test(path));
  const used = new Set(data.flatMap(below).map(({ path }) => path));
  return onlyOnce(policies.flatMap(below)).filter(
    ({ path }) => !used.has(path) && !path.split("/").slice(0, -1).includes("fixtures"),
  );
}

function parametersOf(environments: Config["environments"]): Pick<PolicySources, "parameters"> {
  const own = Object.entries(environments).filter(([, { parameters }]) => Object.keys(parameters).length > 0);
  return own.length === 0 ? {} : { parameters: Object.fromEntries(own.map(([name, one]) => [name, one.parameters])) };
}

async function readLibrary(
  library: Tree,
  problems: Problem[],
): Promise<readonly (FoundFile & { readonly text: string })[]> {
  const { files } = filesBelow(await library.list(), "policies", /\.rego$/);
  const texts = await readTexts(library, files, problems);
  if (texts.length === 0) problems.push({ stage: "config", message: `${LIBRARY} is missing from this installation` });
  return texts.map((file) => ({ ...file, path: file.path.replace(/^policies/, LIBRARY) }));
}

interface FoundFile {
  readonly path: string;
  /** Names of the directories between the one that was named and the file. */
  readonly prefix: readonly string[];
}

function filesBelow(
  entries: readonly TreeEntry[],
  written: string,
  wanted: RegExp,
): { readonly files: readonly FoundFile[]; readonly trouble: readonly string[]; readonly empty?: string } {
  if (/^(?:[a-z+]+:)?\/|(?:^|\/)\.\.(?:\/|$)/.test(written))
    return { files: [], trouble: ["expected a path inside the repository"] };
  const root = written
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  const below = entries.filter(({ path }) => root === "" || path === root || path.startsWith(`${root}/`));
  if (below.length === 0) return { files: [], trouble: [], empty: "no such file or directory, or no files in it" };
  const files: FoundFile[] = [];
  const trouble: string[] = [];
  for (const { path, kind } of below) {
    if (kind === "submodule") trouble.push(`${path} is a submodule: its files are in another repository`);
    // A link without a file extension may lead to a directory of policies.
    else if (kind === "symlink" && (wanted.test(path) || !/[^/]\.[^/.]+$/.test(path))) {
      trouble.push(`${path} is a symbolic link; policies and data are read from regular files only`);
    } else if (kind === "file" && (wanted.test(path) || path === root)) {
      const inner = path === root ? "" : path.slice(root === "" ? 0 : root.length + 1);
      files.push({ path, prefix: inner.split("/").slice(0, -1) });
    }
  }
  if (files.length === 0 && trouble.length === 0)
    return { files, trouble, empty: `contains no file that ends in ${endings(wanted)}` };
  return { files, trouble };
}

function endings(wanted: RegExp): string {
  return wanted.source.includes("rego") ? ".rego" : ".json, .yaml or .yml";
}

async function readTexts(
  tree: Tree,
  files: readonly FoundFile[],
  problems: Problem[],
): Promise<readonly (FoundFile & { readonly text: string })[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const texts: (FoundFile & { readonly text: string })[] = [];
  for (const file of files) {
    const bytes = await tree.read(file.path).catch((error: unknown) => {
      problems.push({ stage: "read", path: file.path, message: `cannot be read: ${String(error)}` });
    });
    if (bytes === undefined) continue;
    try {
      texts.push({ ...file, text: decoder.decode(bytes) });
    } catch {
      problems.push({ stage: "read", path: file.path, message: "cannot be read: it is not UTF-8" });
    }
  }
  return texts;
}

function onlyOnce(files: readonly FoundFile[]): readonly FoundFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

function isTest(path: string): boolean {
  return path.endsWith("_test.rego");
}

function configProblem(source: ConfigSource | undefined, pointer: Pointer, message: string): Problem {
  const place = source?.place(pointer);
  return {
    stage: "config",
    ...(source === undefined ? {} : { path: source.path }),
    ...(place === undefined ? {} : { line: place.line, column: place.column }),
    message,
  };
}
