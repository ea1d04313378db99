import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { defaultConfig, ownTreeConfig } from "../config/default-config.ts";
import { CONFIG_FILE, MISNAMED, MISNAMED_CONFIG_FILE } from "../config/config-file.ts";
import { CONVENTIONAL } from "../config/named-policies.ts";
import type { ConfigReading } from "../config/read-config.ts";
import type { Config } from "../model/config.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import { directoryTree } from "../tree/directory-tree.ts";
import { displayed } from "./paths.ts";
import type { ConfigInForce } from "./read-policies.ts";
import { UsageError } from "./usage-error.ts";

const HERE = "the working directory";

/** A configuration with the problems found while reading it. */
export interface ConfigurationReading extends ConfigInForce {
  readonly problems: readonly Problem[];
}

/**
 * Reads the configuration for what is judged on disk: `--config`, else portcullis.yaml in the working directory, else the
 * defaults. One in a parent directory is for the files below that directory, so the user has to choose.
 */
export async function configurationHere(named: string | undefined, cwd: string): Promise<ConfigurationReading> {
  const file = configurationAbove(cwd);
  if (named === undefined && file !== undefined && dirname(file) !== cwd) {
    const shown = displayed(file, cwd);
    throw new UsageError(
      `${shown} holds for this directory: run portcullis in ${dirname(shown)}, or give --config ${shown}`,
    );
  }
  return configurationOnDisk(named, cwd, ownTreeConfig);
}

/** Reads the configuration from disk: `--config`, else portcullis.yaml in the working directory or above it, else the defaults. */
export async function configurationOnDisk(
  named: string | undefined,
  cwd: string,
  defaults: Config = defaultConfig,
): Promise<ConfigurationReading> {
  const file = named === undefined ? (configurationAbove(cwd) ?? resolve(cwd, CONFIG_FILE)) : resolve(cwd, named);
  if (!existsSync(file)) {
    if (named !== undefined) throw new UsageError(`--config ${named}: no such file`);
    // Policies are looked for in these directories only: a whole home directory, or /, is not a policy set.
    const tree = directoryTree(cwd, { paths: CONVENTIONAL });
    return { config: defaults, tree, where: HERE, problems: [] };
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${displayed(file, cwd)}: ${(error as Error).message}`);
  }
  const reading = await readText(displayed(file, cwd), text, defaults);
  return { ...reading, tree: policyTree(dirname(file), reading.config), where: HERE };
}

/** The files beside a configuration that may be its policies: much else may be below its directory. */
function policyTree(directory: string, { policies, data }: Config): Tree {
  const named = [...policies, ...data].filter((path) => !path.startsWith("/") && !path.split("/").includes(".."));
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
): Promise<ConfigurationReading> {
  if (named !== undefined) return configurationOnDisk(named, cwd);
  const entries = await before.list();
  const entry = entries.find(({ path }) => path === CONFIG_FILE);
  if (entry === undefined && entries.some(({ path }) => path === MISNAMED_CONFIG_FILE))
    throw new UsageError(`${join(before.name, MISNAMED_CONFIG_FILE)}: ${MISNAMED}`);
  if (entry === undefined) return { config: defaultConfig, tree: before, where: "the base", problems: [] };
  if (entry.kind !== "file") throw new UsageError(`${join(before.name, CONFIG_FILE)}: not a regular file`);
  return {
    ...(await readText(CONFIG_FILE, new TextDecoder().decode(await before.read(CONFIG_FILE)))),
    tree: before,
    where: "the base",
  };
}

/** Loaded on demand: it takes a tenth of the time of a small run, and most runs have no configuration. */
async function readText(path: string, text: string, defaults: Config = defaultConfig): Promise<ConfigReading> {
  const { readConfig } = await import("../config/read-config.ts");
  return readConfig(path, text, defaults);
}
