import { readdirSync } from "node:fs";
import type { FuzzTarget } from "./fuzzer.ts";

const folder = new URL("./targets/", import.meta.url);

/** The names of all targets: the files of the folder. */
export function targetNames(): readonly string[] {
  return readdirSync(folder)
    .flatMap((file) => (file.endsWith(".js") ? [file.slice(0, -".js".length)] : []))
    .toSorted();
}

/** Loads one target: no other's libraries are loaded for it. */
export async function loadTarget(name: string): Promise<FuzzTarget> {
  const { target } = (await import(new URL(`${name}.js`, folder).href)) as { readonly target: FuzzTarget };
  return target;
}
