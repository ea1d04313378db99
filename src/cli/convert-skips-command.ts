import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { convertSkips } from "../gate/waivers/skips/convert-skips.ts";
import type { SkippingTool } from "../gate/waivers/skips/check-policies.ts";
import { inert } from "../report/inert-text.ts";
import { directoryTree } from "../tree/directory-tree.ts";
import { leftOutOf } from "../tree/left-out.ts";
import { configurationOnDisk } from "./read-configuration.ts";
import { UsageError } from "./usage-error.ts";

/** Days until what is converted expires: time to look at each, and to keep what is right. */
const DAYS = 30;

/**
 * Runs `portcullis init --from TOOL` for a tool whose skips become waivers: writes a file with them, and lists what could not
 * be converted. Returns the exit code.
 */
export async function convertSkipsCommand(tool: SkippingTool): Promise<number> {
  const cwd = process.cwd();
  const { config } = await configurationOnDisk(undefined, cwd);
  const [first = "waivers"] = config.waivers.files;
  const directory = /\.(?:ya?ml|json)$/.test(first) ? dirname(first) : first.replace(/\/+$/, "");
  const path = join(directory, `from-${tool}.yaml`);
  if (existsSync(path)) throw new UsageError(`${path} exists already, and nothing is overwritten`);
  const days = Math.min(DAYS, config.waivers.maxDays);
  const expires = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const { holds } = await leftOutOf(cwd, [""]);
  const { text, waivers, left } = await convertSkips(directoryTree(cwd, { leftOut: holds }), tool, expires);
  if (text !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
  }
  const wrote =
    text === undefined
      ? `nothing of ${tool} was converted`
      : `wrote ${path}: ${waivers === 1 ? "a waiver" : `${waivers} waivers`} until ${expires}`;
  const lines = [wrote, ...(left.length === 0 ? [] : ["", "Not converted:", ...left.map((line) => `  ${line}`)])];
  process.stdout.write(`${lines.map(inert).join("\n")}\n`);
  return 0;
}
