import { configProblem } from "../../config/config-problem.ts";
import { CONFIG_FILE } from "../../config/config-file.ts";
import type { WrittenConfig } from "../../config/fill-config.ts";
import { mergeConfigs, type ConfigLayer, type MergedConfigs } from "../../config/merge-configs.ts";
import type { Mount } from "../../config/mounted-trees.ts";
import { conventionalPolicies } from "../../config/named-policies.ts";
import { readPolicyReference, type PolicyReference } from "../../config/policy-reference.ts";
import {
  readWrittenConfig,
  withDefaults,
  type ConfigReading,
  type ConfigSource,
  type WrittenReading,
} from "../../config/read-config.ts";
import { joined, pathWithin, resolveSharedPaths } from "../../config/shared-paths.ts";
import { validateConfig } from "../../config/validate-config.ts";
import type { Config } from "../../model/config.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Problem } from "../../model/problem.ts";
import type { Tree } from "../../model/tree.ts";
import { openReference, unpacked, type Opened } from "./open-reference.ts";
import type { FetchFor } from "./policy-fetch.ts";
import { signatureProblem, type SignatureMeans } from "./signature-problem.ts";

/** What reading a configuration with all that it extends takes. */
export interface ExtendMeans {
  /** The files that the configuration is among, as far as these paths need them. */
  readonly treeOf: (paths: readonly string[]) => Tree;
  readonly fetchFor: FetchFor;
  readonly defaults: Config;
}

/** A configuration together with what it extends. */
export interface ExtendedConfig extends ConfigReading {
  /** The files that came with shared configurations. */
  readonly mounts: readonly Mount[];
  /** The paths of shared configurations in the tree itself. */
  readonly paths: readonly string[];
}

/** How many configurations may extend one another. */
const MOST = 5;

/**
 * Reads what a configuration extends, and merges it in. What is wrong is a problem at its line, of whichever file. Throws
 * PoliciesUnanswered where a server does not answer.
 */
export async function extendedConfig(own: WrittenReading, means: ExtendMeans): Promise<ExtendedConfig> {
  const alone = withDefaults(own, means.defaults);
  if (own.problems.length > 0 || own.value.extends === undefined) return { ...alone, mounts: [], paths: [] };
  const reading = await readLayers(own, alone.config, means);
  const { layers, references } = reading;
  const mounts = layers.flatMap(({ root, tree }) => (root === "" ? [] : [{ path: root, tree }]));
  const paths = layers.flatMap(({ root, path, shared }) => (root === "" && shared ? [path] : []));
  const { value, source, problems } = merged(layers, reading.problems);
  const { config: written, errors } = validateConfig(value);
  const all = [...problems, ...errors.map(({ pointer, message }) => configProblem(source, pointer, message))];
  const { config } = withDefaults({ value: written, source, problems: all }, means.defaults);
  const policies = [...config.policies, ...(await ownPolicies(own.value, config, means))];
  // Whether anything blocks may be what is shared and could not be read, or what is locked.
  const mode = all.length === 0 ? config.mode : "enforce";
  return { config: { ...config, mode, policies, extends: references }, source, problems: all, mounts, paths };
}

/** One file of a chain of configurations. */
interface Layer {
  readonly reading: WrittenReading;
  readonly tree: Tree;
  /** Where the tree is mounted; empty: it is the repository's own. */
  readonly root: string;
  /** The file in its tree. */
  readonly path: string;
  readonly shared: boolean;
}

interface Layers {
  /** The repository's own first. */
  readonly layers: readonly Layer[];
  readonly references: readonly string[];
  readonly problems: readonly Problem[];
}

async function readLayers(own: WrittenReading, config: Config, means: ExtendMeans): Promise<Layers> {
  const fetch = means.fetchFor(config);
  const ownPath = own.source.path.split("/").at(-1) ?? CONFIG_FILE;
  const layers: Layer[] = [{ reading: own, tree: means.treeOf([ownPath]), root: "", path: ownPath, shared: false }];
  const references: string[] = [];
  for (;;) {
    const last = layers.at(-1);
    const written = last?.reading.value.extends;
    if (last === undefined || written === undefined) return { layers, references, problems: [] };
    const failed = (message: string): Layers => ({
      layers,
      references: [...references, written],
      problems: [configProblem(last.reading.source, "/extends", `extends: ${message}`)],
    });
    if (layers.length > MOST) return failed(`more than ${MOST} configurations extend one another`);
    const found = await sharedFile(written, last, { ...means, fetch, ...signaturesOf(layers, means) });
    if (found.kind === "failed") return failed(`${written}: ${found.message}`);
    const { root, path, tree, text } = found;
    if (layers.some((layer) => layer.root === root && layer.path === path))
      return failed(`${written} extends this configuration itself, directly or through others`);
    const reading = readWrittenConfig(joined(root, path), text);
    references.push(written);
    layers.push({ reading, tree, root, path, shared: true });
    if (reading.problems.length > 0) return { layers, references, problems: reading.problems };
  }
}

/** The signatures that the configurations so far ask for, and how the files that they name are read. */
function signaturesOf(layers: readonly Layer[], { treeOf }: ExtendMeans): Pick<SignatureMeans, "signatures" | "read"> {
  return {
    signatures: layers.flatMap(({ reading, root, path, shared }) => {
      const written = reading.value as unknown as JsonObject;
      const directory = shared ? path.split("/").slice(0, -1).join("/") : "";
      const { signatures } = resolveSharedPaths(written, root, directory).value as unknown as WrittenConfig;
      return signatures ?? [];
    }),
    read: (path) => {
      const holder = layers.find(({ root }) => root !== "" && path.startsWith(`${root}/`));
      return holder === undefined ? treeOf([path]).read(path) : holder.tree.read(path.slice(holder.root.length + 1));
    },
  };
}

type Found =
  | {
      readonly kind: "found";
      readonly root: string;
      readonly path: string;
      readonly tree: Tree;
      readonly text: string;
    }
  | { readonly kind: "failed"; readonly message: string };

type SharedMeans = Pick<ExtendMeans, "treeOf"> & SignatureMeans;

async function sharedFile(written: string, from: Layer, means: SharedMeans): Promise<Found> {
  const reading = readPolicyReference(written);
  if (reading?.kind === "invalid") return { kind: "failed", message: reading.message };
  if (reading !== undefined) return elsewhere(reading.reference, means);
  const path = pathWithin(from.path.split("/").slice(0, -1).join("/"), written);
  if (path === undefined) return { kind: "failed", message: "expected a path inside the repository" };
  const tree = from.root === "" ? means.treeOf([path]) : from.tree;
  return fileOf(tree, from.root, path);
}

async function elsewhere(reference: PolicyReference, means: SharedMeans): Promise<Found> {
  const { remote, mount, directory, written } = reference;
  const opened = await openReference(reference, means.fetch);
  if (opened.kind === "failed") return opened;
  const content = remote.kind === "file" ? await unlessText(opened.tree, remote.url) : opened;
  if (content.kind === "failed") return content;
  const unsigned = await signatureProblem({ written, remote, tree: content.tree }, means);
  if (unsigned !== undefined) return { kind: "failed", message: unsigned };
  if (remote.kind === "git") return fileOf(content.tree, mount, directory);
  const [only, more] = await content.tree.list();
  return fileOf(content.tree, mount, more === undefined && only !== undefined ? only.path : "");
}

/** A URL names an archive, or the configuration itself. */
async function unlessText(tree: Tree, url: string): Promise<Opened> {
  const [file] = await tree.list();
  if (/\.ya?ml$/.test(url)) return { kind: "found", tree };
  return file === undefined
    ? { kind: "failed", message: "no such file" }
    : unpacked(await tree.read(file.path), "the archive");
}

/** Reads a configuration by its path, or by the path of its directory. */
async function fileOf(tree: Tree, root: string, path: string): Promise<Found> {
  const entries = await tree.list();
  const within = joined(path, CONFIG_FILE);
  const entry = entries.find((one) => one.path === path) ?? entries.find((one) => one.path === within);
  if (entry === undefined)
    return { kind: "failed", message: `no such file, and no ${CONFIG_FILE} in such a directory` };
  if (entry.kind !== "file") return { kind: "failed", message: `${entry.path} is a ${entry.kind}; expected a file` };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await tree.read(entry.path));
    return { kind: "found", root, path: entry.path, tree, text };
  } catch (error) {
    return { kind: "failed", message: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** All layers as one, where none of them has a problem yet. */
function merged(layers: readonly Layer[], problems: readonly Problem[]): MergedConfigs {
  const found: Problem[] = [...problems];
  const resolved = layers.map(({ reading, root, path, shared }): ConfigLayer => {
    const { extends: _, ...value } = reading.value;
    const { source } = reading;
    const written = value as unknown as JsonObject;
    if (!shared) return { value: written, source };
    const { errors, ...paths } = resolveSharedPaths(written, root, path.split("/").slice(0, -1).join("/"));
    found.push(...errors.map(({ pointer, message }) => configProblem(source, pointer, message)));
    return { value: paths.value, source };
  });
  const all = mergeConfigs(resolved.toReversed());
  return { ...all, source: withExtends(all.source, layers), problems: [...found, ...all.problems] };
}

/** The merged configuration has no `extends` any more; the repository's own is where it was. */
function withExtends(source: ConfigSource, [own]: readonly Layer[]): ConfigSource {
  return {
    ...source,
    place: (pointer) => (pointer === "/extends" ? own?.reading.source.place(pointer) : source.place(pointer)),
  };
}

/** The repository's own policies by convention, which it need not name beside those that are shared. */
async function ownPolicies(
  { policies }: WrittenConfig,
  { policies: all, locked }: Config,
  { treeOf }: ExtendMeans,
): Promise<readonly string[]> {
  if (policies !== undefined || all.length === 0 || locked.includes("policies")) return [];
  const found = await conventionalPolicies(treeOf(["policies", "policy"]));
  return found === undefined || all.includes(found) ? [] : [found];
}
