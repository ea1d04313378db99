import type { Renderer } from "../model/renderer.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { createRenderer } from "../renderers/create-renderer.ts";
import { keepingRenderings } from "../renderers/keep-renderings.ts";

/**
 * Creates the renderer for one run of the command line; its results are cached for later runs. The caller must close
 * it.
 */
export function openRenderer(): Renderer {
  const cacheDir = defaultCacheDirectory();
  return keepingRenderings(createRenderer({ cacheDir }), cacheDir);
}
