import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inert } from "../report/inert-text.ts";
import type { ModuleSource, RegoError } from "../rego/toolchain/protocol.ts";
import { createToolchain, type Toolchain } from "../rego/toolchain/toolchain.ts";
import { directoryTree } from "../tree/directory-tree.ts";
import { isUnder, namedPaths } from "./paths.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis fmt`. */
export interface FmtOptions {
  readonly write?: boolean;
  readonly check?: boolean;
  readonly regoVersion: "v0" | "v1";
}

/**
 * Runs `portcullis fmt`: prints one formatted file, or with `--check` or `--write` handles many. Returns the exit code.
 */
export async function fmtCommand(named: readonly string[], options: FmtOptions): Promise<number> {
  const { root, paths, shown } = namedPaths(named, process.cwd());
  const entries = await directoryTree(root, { paths }).list();
  const files = entries
    .filter(({ kind, path }) => kind === "file" && path.endsWith(".rego") && isUnder(path, paths))
    .map(({ path }) => path);
  if (files.length === 0) throw new UsageError(`no Rego file under ${named.join(", ")}`);
  if (files.length > 1 && options.write !== true && options.check !== true)
    throw new UsageError(
      `${files.length} files: add --write to rewrite them, or --check to list those that are not formatted`,
    );
  const toolchain = createToolchain();
  let code = 0;
  try {
    for (const path of files) {
      const text = readFileSync(join(root, path), "utf8");
      const outcome = await toolchain.format({ path: shown(path), text, regoVersion: options.regoVersion });
      if (outcome.kind === "failed") throw new Error(outcome.message);
      const { text: formatted } = outcome.answer;
      const errors = [
        ...outcome.answer.errors,
        ...(await errorsOfResult(toolchain, { path: shown(path), text, formatted, regoVersion: options.regoVersion })),
      ];
      for (const error of errors)
        process.stderr.write(`${inert(`${error.path}:${error.line}:${error.column}: ${error.message}`)}\n`);
      if (errors.length > 0) code = 2;
      else if (options.write === true) {
        if (formatted !== text) writeFileSync(join(root, path), formatted);
      } else if (options.check === true) {
        if (formatted === text) continue;
        process.stdout.write(`${inert(shown(path))}\n`);
        code = Math.max(code, 1);
      } else process.stdout.write(formatted);
    }
  } finally {
    toolchain.close();
  }
  return code;
}

interface Formatted extends ModuleSource {
  readonly formatted: string;
}

/** An error if the formatted text no longer parses: the formatter loses a second body of a rule, for example. */
async function errorsOfResult(
  toolchain: Toolchain,
  { path, text, formatted, regoVersion }: Formatted,
): Promise<readonly RegoError[]> {
  if (formatted === text) return [];
  const again = await toolchain.format({ path, text: formatted, regoVersion });
  if (again.kind === "failed") throw new Error(again.message);
  const [first] = again.answer.errors;
  if (first === undefined) return [];
  const message = `the formatted text does not parse, and the file is left as it is: ${first.message}`;
  return [{ path, line: 1, column: 1, code: first.code, message }];
}
