import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../../..");

export interface LintFinding {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

/** What the linter finds in src/ with `files` added to it, by path. Works on a copy. */
export function lintWith(files: Readonly<Record<string, string>>): readonly LintFinding[] {
  const copy = mkdtempSync(join(tmpdir(), "portcullis-lint-"));
  try {
    for (const part of ["src", "scripts", ".oxlintrc.json", "package.json"])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    const linter = join(root, "node_modules/oxlint/bin/oxlint");
    const { stdout, stderr } = spawnSync(process.execPath, [linter, "-f", "json", "src"], {
      cwd: copy,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    if (!stdout.startsWith("{")) throw new Error(`the linter did not run: ${stdout}${stderr}`);
    const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Diagnostic[] };
    return diagnostics.map(({ filename, code, message }) => ({
      path: filename.replaceAll("\\", "/"),
      rule: code,
      message,
    }));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

interface Diagnostic {
  readonly filename: string;
  readonly code: string;
  readonly message: string;
}
