import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { defaultConfig, ownTreeConfig } from "../config/default-config.ts";
import { CONFIG_FILE, MISNAMED, MISNAMED_CONFIG_FILE } from "../config/config-file.ts";
import { CONVENTIONAL } from "../config/named-policies.ts";
import { trustedRoots } from "../config/signers.ts";
import { mountedTrees } from "../config/mounted-trees.ts";
import type { ExtendedConfig, ExtendMeans } from "../engine/policies/extended-config.ts";
import type { Config } from "../model/config.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import { directoryTree } from "../tree/directory-tree.ts";
import { displayed } from "./paths.ts";
import { answered, policyFetcher } from "./policy-fetcher.ts";
import type { ConfigInForce } from "./read-policies.ts";
import { UsageError } from "./usage-error.ts";

/** What is read besides the file itself. */
export interface Reach {
  /** Nothing is fetched: what was fetched before is used. */
  readonly offline?: boolean;
  /** What the configuration extends is not read: it is about the file itself. */
  readonly alone?: boolean;
}

const HERE = "the working directory";

/** A configuration with the problems found while reading it. */
export interface ConfigurationReading extends ConfigInForce {
  readonly problems: readonly Problem[];
}

/**
 * Reads the configuration for what is judged on disk: `--config`, else portcullis.yaml in the working directory, else the
 * defaults. One in a parent directory is for the files below that directory, so the user has to choose.
 */
export async function configurationHere(
  named: string | undefined,
  cwd: string,
  reach: Reach = {},
): Promise<ConfigurationReading> {
  const file = configurationAbove(cwd);
  if (named === undefined && file !== undefined && dirname(file) !== cwd) {
    const shown = displayed(file, cwd);
    throw new UsageError(
      `${shown} holds for this directory: run portcullis in ${dirname(shown)}, or give --config ${shown}`,
    );
  }
  return configurationOnDisk(named, cwd, reach, ownTreeConfig);
}

/** Reads the configuration from disk: `--config`, else portcullis.yaml in the working directory or above it, else the defaults. */
export async function configurationOnDisk(
  named: string | undefined,
  cwd: string,
  reach: Reach = {},
  defaults: Config = defaultConfig,
): Promise<ConfigurationReading> {
  const file = named === undefined ? (configurationAbove(cwd) ?? resolve(cwd, CONFIG_FILE)) : resolve(cwd, named);
  if (!existsSync(file)) {
    if (named !== undefined) throw new UsageError(`--config ${named}: no such file`);
    // Policies are looked for in these directories only: a whole home directory, or /, is not a policy set.
    const tree = directoryTree(cwd, { paths: [...CONVENTIONAL, ...defaults.waivers.files] });
    return { config: defaults, tree, where: HERE, problems: [] };
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${displayed(file, cwd)}: ${(error as Error).message}`);
  }
  const directory = dirname(file);
  const treeOf = (paths: readonly string[]): Tree => directoryTree(directory, { paths });
  const reading = await readText({ path: displayed(file, cwd), text, defaults, treeOf }, reach);
  return { ...reading, tree: mountedTrees(policyTree(directory, reading.config), reading.mounts), where: HERE };
}

/** The files beside a configuration that may be its policies or waivers: much else may be below its directory. */
function policyTree(directory: string, config: Config): Tree {
  const { policies, data, documents, waivers } = config;
  const ofDocuments = documents.flatMap((entry) => [...entry.policies, ...entry.data]);
  const named = [...policies, ...data, ...ofDocuments, ...waivers.files, ...trustedRoots(config)].filter(
    (path) => !path.startsWith("/") && !path.split("/").includes(".."),
  );
  return directoryTree(directory, { paths: [...CONVENTIONAL, ...named] });
}

/** The configuration in a directory or in the nearest one above it, up to the root of the repository. */
function configurationAbove(cwd: string): string | undefined {
  for (let directory = cwd; ; directory = dirname(directory)) {
    const file = join(directory, CONFIG_FILE);
    if (existsSync(file)) return file;
    const misnamed = join(directory, MISNAMED_CONFIG_FILE);
    if (existsSync(misnamed)) throw new UsageError(`${displayed(misnamed, cwd)}: ${MISNAMED}`);
    if (existsSync(join(directory, ".git")) || dirname(directory) === directory) return undefined;
  }
}

/**
 * Reads the configuration for a change: `--config` from disk, else that of the tree before, so that a change cannot set
 * its own rules.
 */
export async function configurationOfChange(
  named: string | undefined,
  cwd: string,
  before: Tree,
  reach: Reach = {},
): Promise<ConfigurationReading> {
  if (named !== undefined) return configurationOnDisk(named, cwd, reach);
  const entries = await before.list();
  const entry = entries.find(({ path }) => path === CONFIG_FILE);
  if (entry === undefined && entries.some(({ path }) => path === MISNAMED_CONFIG_FILE))
    throw new UsageError(`${join(before.name, MISNAMED_CONFIG_FILE)}: ${MISNAMED}`);
  if (entry === undefined) return { config: defaultConfig, tree: before, where: "the base", problems: [] };
  if (entry.kind !== "file") throw new UsageError(`${join(before.name, CONFIG_FILE)}: not a regular file`);
  const text = new TextDecoder().decode(await before.read(CONFIG_FILE));
  const reading = await readText({ path: CONFIG_FILE, text, defaults: defaultConfig, treeOf: () => before }, reach);
  return { ...reading, tree: mountedTrees(before, reading.mounts), where: "the base" };
}

/** The text of a configuration, and the tree that it is in. */
interface ConfigText extends Pick<ExtendMeans, "defaults" | "treeOf"> {
  readonly path: string;
  readonly text: string;
}

/** Loaded on demand: it takes a tenth of the time of a small run, and most runs have no configuration. */
async function readText({ path, text, ...means }: ConfigText, reach: Reach): Promise<Omit<ExtendedConfig, "paths">> {
  const { readWrittenConfig, withDefaults } = await import("../config/read-config.ts");
  const written = readWrittenConfig(path, text);
  if (written.value.extends === undefined || reach.alone === true)
    return { ...withDefaults(written, means.defaults), mounts: [] };
  const { extendedConfig } = await import("../engine/policies/extended-config.ts");
  return answered(extendedConfig(written, { ...means, fetchFor: policyFetcher(reach.offline === true) }));
}
