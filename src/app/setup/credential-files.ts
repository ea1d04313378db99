import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { access, constants, link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** The files that hold the credentials of an App. */
export interface CredentialFiles {
  /** Settings of `portcullis serve`, one a line. */
  readonly settings: string;
  /** The private key in PEM format. */
  readonly key: string;
}

/** Why the files cannot be written, before anything is registered; undefined if they can. */
export async function refuseFiles(files: CredentialFiles, force: boolean): Promise<string | undefined> {
  for (const path of [files.settings, files.key]) {
    if (existsSync(path) && !force) return `${path} exists: move it away, or use --force to overwrite it`;
    try {
      await access(dirname(path), constants.W_OK);
    } catch {
      return `${dirname(path)} cannot be written to`;
    }
  }
  return undefined;
}

/**
 * Writes a file that only its owner may read: all of it or nothing, in place of one that exists only with `force`.
 * Rejects if it cannot.
 */
export async function writePrivate(path: string, text: string, force: boolean): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      // A umask can only take permissions away; this makes it exactly these.
      await file.chmod(0o600);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (force) await rename(draft, path);
    else await link(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** A word as a shell reads it: in quotes where it needs them. */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./~-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Settings as lines that a shell, systemd and a container engine read alike. */
export function settingsText(settings: { readonly [name: string]: string }): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${shellQuoted(value)}\n`)
    .join("");
}
