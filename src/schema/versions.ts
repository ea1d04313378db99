import type { Config } from "../model/config.ts";
import type { Manifest } from "../model/manifest.ts";
import { pointerOf } from "../manifest/pointer.ts";

/**
 * The known Kubernetes version that a manifest lands in: its own or that of its environment; the nearest one where that is not
 * known.
 */
export function versionOf(
  config: Config,
  { kubernetes, environment }: Pick<Manifest, "kubernetes" | "environment">,
  known: readonly string[],
): string {
  const own = environment === undefined ? undefined : environmentOf(config, environment)?.kubernetes;
  return nearest(kubernetes ?? own ?? config.schemas.kubernetes, known);
}

function environmentOf(config: Config, name: string): Config["environments"][string] | undefined {
  return Object.hasOwn(config.environments, name) ? config.environments[name] : undefined;
}

function nearest(version: string | undefined, known: readonly string[]): string {
  const newest = known.at(-1);
  if (newest === undefined) throw new Error("there are no schemas");
  if (version === undefined) return newest;
  const minor = minorOf(version);
  return known.toReversed().find((one) => minorOf(one) <= minor) ?? known[0] ?? newest;
}

/** The unknown Kubernetes versions in a configuration, with the pointer to each. */
export function unknownVersions(
  config: Config,
  known: readonly string[],
): readonly { readonly pointer: string; readonly message: string }[] {
  const named = [
    { pointer: "/schemas/kubernetes", version: config.schemas.kubernetes },
    ...Object.entries(config.environments).map(([name, { kubernetes }]) => ({
      pointer: pointerOf(["environments", name, "kubernetes"]),
      version: kubernetes,
    })),
    ...(config.apply ?? []).map(({ kubernetes }, index) => ({
      pointer: `/apply/${index}/kubernetes`,
      version: kubernetes,
    })),
  ];
  return named.flatMap(({ pointer, version }) => {
    if (version === undefined || known.some((one) => minorOf(one) === minorOf(version))) return [];
    const message = `no schemas for Kubernetes ${version}; expected a version from ${known[0]} to ${known.at(-1)}`;
    return [{ pointer, message }];
  });
}

function minorOf(version: string): number {
  return Number(version.split(".")[1]);
}
