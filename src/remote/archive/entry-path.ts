import { oneLine, RemoteFailure } from "../failure.ts";

const longestPath = 4_096;

/** The path of an archive's entry below the archive's root: relative, without `.`, and never above it. */
export function entryPath(path: string, what: string): string {
  const wrong = (why: string): RemoteFailure =>
    new RemoteFailure("absent", `${what} has a path ${why}: ${oneLine(path)}`);
  // No file system has one, and every directory of it counts.
  if (path.length > longestPath) throw wrong(`of more than ${longestPath} characters`);
  if (path.includes("\\")) throw wrong("with a backslash");
  if (path.includes("\0")) throw wrong("with a zero byte");
  if (path.startsWith("/") || /^[A-Za-z]:\//.test(path)) throw wrong("that is absolute");
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw wrong("that leaves it");
  return parts.join("/");
}
