import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";

/**
 * Node.js adds `NODE_EXTRA_CA_CERTS` to its own authorities, but Git takes one file that replaces its own. Writes that
 * file and returns its path, or undefined if there is nothing to add. Rejects if the extra certificates cannot be read.
 */
export async function writeAuthorities(stateDir: string, extra: string | undefined): Promise<string | undefined> {
  if (extra === undefined || extra === "") return undefined;
  const path = join(stateDir, "authorities.pem");
  await writeFile(path, [...rootCertificates, await readFile(extra, "utf8")].join("\n"), { mode: 0o600 });
  return path;
}
