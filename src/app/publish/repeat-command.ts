import { createRequire } from "node:module";
import { CONFIG_FILE } from "../../config/config-file.ts";
import type { WaiveCommand } from "../../report/format.ts";
import type { Target } from "../target.ts";

const { version } = createRequire(import.meta.url)("../../../../package.json") as { readonly version: string };

/** The command line that judges by the rules that a pull request proposes, in a checkout of its branch. */
export function previewCommand(target: Target): string {
  return `${repeatCommand(target)} --config ${CONFIG_FILE}`;
}

/** The command line that writes a waiver for a finding of a pull request, in a checkout of its branch; absent for a merge group. */
export function waiveCommand({ pull, baseRef }: Target): WaiveCommand | undefined {
  if (pull === undefined) return undefined;
  const base = isPlain(baseRef) ? `origin/${baseRef}` : pull.base;
  return (fingerprint) =>
    `npx @portcullis-gate/cli@${version} waive ${fingerprint.slice(0, 12)} --base ${base} --reason "…"`;
}

/** A name with a character that a shell could act on is not shown as part of a command. */
function isPlain(name: string): boolean {
  return /^\w[\w./-]*$/.test(name);
}

/** The command line that judges a target in a clone of its repository, a pull request in a checkout of its branch. */
export function repeatCommand({ pull, head, baseRef, base }: Target): string {
  const check = `npx @portcullis-gate/cli@${version} check`;
  if (pull === undefined) return `git fetch origin ${base} ${head} && ${check} --base ${base} --head ${head}`;
  return isPlain(baseRef)
    ? `git fetch origin ${baseRef} && ${check} --base origin/${baseRef}`
    : `git fetch origin && ${check} --base ${pull.base}`;
}
