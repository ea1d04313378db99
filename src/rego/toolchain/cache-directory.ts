import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The directory for compiled policies and the unpacked toolchain: `PORTCULLIS_CACHE_DIR`, else the user's cache
 * directory of the platform. Everything in it can be deleted at any time.
 */
export function defaultCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const { PORTCULLIS_CACHE_DIR: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (own !== undefined && own !== "") return own;
  if (xdg !== undefined && xdg.startsWith("/")) return join(xdg, "portcullis");
  if (process.platform === "win32" && local !== undefined && local !== "") return join(local, "portcullis", "cache");
  return join(homedir(), ".cache", "portcullis");
}
