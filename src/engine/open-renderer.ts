import type { Renderer } from "../model/renderer.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { createRenderer, type RendererOptions } from "../renderers/create-renderer.ts";
import { keepingRenderings } from "../renderers/keep-renderings.ts";

/**
 * Creates the renderer for one run of the command line; its results are cached for later runs. The caller must close
 * it.
 */
export function openRenderer(options: Pick<RendererOptions, "deadlineMs"> = {}): Renderer {
  const cacheDir = defaultCacheDirectory();
  return keepingRenderings(createRenderer({ cacheDir, ...options }), cacheDir);
}
