import type { VersionMatcher } from "../model/remotes.ts";
import type { Renderer } from "../model/renderer.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { createRenderer, type RendererOptions } from "../renderers/create-renderer.ts";
import { keepingRenderings } from "../renderers/keep-renderings.ts";

/**
 * Creates the renderer for one run of the command line; its results are cached for later runs. The caller must close
 * it.
 */
export function openRenderer(
  options: Pick<RendererOptions, "deadlineMs"> = {},
): Renderer & { readonly versions: VersionMatcher } {
  const cacheDir = defaultCacheDirectory();
  const renderer = createRenderer({ cacheDir, ...options });
  return { ...keepingRenderings(renderer, cacheDir), versions: renderer.versions };
}
