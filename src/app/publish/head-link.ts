import type { LinkTo } from "../../report/format.ts";

/** Links to the lines of files of one commit, on the pages of a repository that is cloned from `cloneUrl`. */
export function linksToCommit(cloneUrl: string, commit: string): LinkTo {
  const pages = cloneUrl.replace(/\.git$/, "");
  return (path, line) => `${pages}/blob/${commit}/${encodePath(path)}${line === undefined ? "" : `#L${line}`}`;
}

function encodePath(path: string): string {
  return Array.from(Buffer.from(path), (byte) => {
    const character = String.fromCharCode(byte);
    return /[\w./-]/.test(character) ? character : `%${byte.toString(16).padStart(2, "0").toUpperCase()}`;
  }).join("");
}
