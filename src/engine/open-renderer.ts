import type { Renderer } from "../model/renderer.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { createRenderer } from "../renderers/create-renderer.ts";
import { keepingRenderings } from "../renderers/keep-renderings.ts";

/** Renders for one run of the command line; what it rendered is there for the next. Close it. */
export function openRenderer(): Renderer {
  const cacheDir = defaultCacheDirectory();
  return keepingRenderings(createRenderer({ cacheDir }), cacheDir);
}
