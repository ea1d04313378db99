import { loadAll } from "js-yaml";
import type { HelmSet, Renderer } from "../../src/model/renderer.ts";
import type { Delivery, Files } from "./delivery.ts";
import { yaml, type Draft } from "./objects.ts";

/** What a cluster gets of a delivery; `failed` where the tool itself would refuse it and apply nothing. */
export type Applied = { readonly kind: "objects"; readonly objects: readonly Draft[] } | { readonly kind: "failed" };

/**
 * Applies a delivery without the engine's plan: only the tools themselves are its own. A tool reads what the tree holds
 * now, in the way that the tree before was delivered.
 */
export async function apply(delivery: Delivery, files: Files, renderer: Renderer): Promise<Applied> {
  const checkout = resolved(files);
  const found = await applyAs({ ...delivery, as: readAs(delivery, checkout) }, checkout, renderer);
  const { substitute } = delivery;
  if (found === undefined) return { kind: "failed" };
  const replaced = found.map((text) =>
    substitute === undefined
      ? text
      : text.replaceAll(/\$\{(\w+)(?::=([^}]*))?\}/g, (_, name: string, value = "") => substitute[name] ?? value),
  );
  const objects: Draft[] = [];
  for (const text of replaced) {
    const parsed = parse(text);
    // `kubectl apply` refuses that file and applies the others.
    if (parsed === undefined && delivery.as !== "files") return { kind: "failed" };
    objects.push(...(parsed ?? []).flatMap(flattened));
  }
  return { kind: "objects", objects };
}

/** How the tool reads the directory: Argo CD and Flux ask what it holds, where the object does not tell. */
function readAs(
  { tool, as, path, flat, images, patches, values, valueFiles }: Delivery,
  files: ReadonlyMap<string, Uint8Array>,
): Delivery["as"] {
  const has = (names: readonly string[]): boolean => names.some((name) => files.has(`${path}/${name}`));
  const isRoot = has(["kustomization.yaml", "kustomization.yml", "Kustomization"]);
  if (tool === "flux" && as !== "helm") return isRoot ? "kustomize" : as;
  const isTold =
    as === "files" ? flat !== true : [images, patches, values, valueFiles].some((one) => one !== undefined);
  if (tool !== "argo" || isTold) return as;
  return has(["Chart.yaml"]) ? "helm" : isRoot ? "kustomize" : "files";
}

/** The texts that reach the cluster; undefined where the tool fails. */
async function applyAs(
  delivery: Delivery,
  files: ReadonlyMap<string, Uint8Array>,
  renderer: Renderer,
): Promise<readonly string[] | undefined> {
  const { as, path, images, patches } = delivery;
  switch (as) {
    case "files":
      return manifestsBelow(files, delivery)
        .filter(([name]) => !(delivery.flat === true && name.includes("/")))
        .map(([, bytes]) => new TextDecoder().decode(bytes));
    case "kustomize": {
      // The object's edits become part of the root's own kustomization; Flux makes one where there is none.
      const names = ["kustomization.yaml", "kustomization.yml", "Kustomization"].map((name) => `${path}/${name}`);
      const own = names.find((name) => files.has(name));
      const isEdited = own === undefined || images !== undefined || patches !== undefined;
      const content: Draft =
        own === undefined
          ? { resources: manifestsBelow(files, delivery).map(([name]) => name) }
          : (parse(new TextDecoder().decode(files.get(own)))?.[0] ?? {});
      const edited: Draft = {
        ...content,
        images: [...(content["images"] ?? []), ...(images ?? [])],
        patches: [...(content["patches"] ?? []), ...(patches ?? []).map((one) => ({ patch: yaml(one) }))],
      };
      const outcome = await renderer.kustomize({
        root: path,
        anywhere: true,
        files: isEdited ? new Map([...files, [own ?? names[0]!, bytesOf(yaml(edited))]]) : files,
      });
      return outcome.kind === "rendered" ? [outcome.answer.yaml] : undefined;
    }
    case "helm": {
      const chart = new Map(below(files, path));
      const layers = (delivery.valueFiles ?? []).map((name) => chart.get(name));
      if (layers.includes(undefined)) return undefined;
      const values = layers.map((bytes) => parse(new TextDecoder().decode(bytes))?.[0] ?? {});
      const outcome = await renderer.helm({
        chart,
        releaseName: delivery.name,
        namespace: delivery.name,
        values: [...values, ...(delivery.values === undefined ? [] : [delivery.values])],
        set: delivery.set ?? ([] as readonly HelmSet[]),
        includeCrds: true,
        // The change is an upgrade of what runs already, but Argo CD never tells a chart so.
        isUpgrade: delivery.tool !== "argo",
      });
      if (outcome.kind !== "rendered") return undefined;
      return outcome.answer.documents
        .filter(({ yaml: text }) => !/helm\.sh\/hook: "?test/.test(text))
        .map(({ yaml: text }) => text);
    }
  }
}

function below(files: ReadonlyMap<string, Uint8Array>, path: string): readonly (readonly [string, Uint8Array])[] {
  const prefix = `${path}/`;
  return [...files]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, bytes]) => [name.slice(prefix.length), bytes] as const);
}

function manifestsBelow(
  files: ReadonlyMap<string, Uint8Array>,
  { path, tool }: Delivery,
): readonly (readonly [string, Uint8Array])[] {
  return below(files, path)
    .filter(([name]) => (tool === "flux" ? /\.ya?ml$/ : /\.(?:ya?ml|json)$/).test(name))
    .filter(([name]) => !/(?:^|\/)(?:Kustomization|kustomization\.ya?ml|Chart\.yaml)$/.test(name));
}

function parse(text: string): readonly Draft[] | undefined {
  try {
    return (loadAll(text.replace(/^\uFEFF/, "")) as readonly Draft[]).filter(
      (value) => typeof value === "object" && value !== null,
    );
  } catch {
    return undefined;
  }
}

function flattened(object: Draft): readonly Draft[] {
  const { kind, items, apiVersion } = object;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return [object];
  return (items as readonly Draft[]).flatMap((item) =>
    flattened(kind === "List" ? item : { apiVersion, kind: kind.slice(0, -4), ...item }),
  );
}

/** A cluster's tool fetches it; what it yields does not matter here. */
const remoteLine = /^.*https:\/\/github\.com\/acme\/base.*\n/gm;

/** The files as a checkout has them: what links lead to is at the links' own paths too. */
function resolved(files: Files): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const links: (readonly [string, string])[] = [];
  for (const [path, file] of files) {
    if (typeof file === "string") found.set(path, bytesOf(file.replace(remoteLine, "")));
    else if (file instanceof Uint8Array) found.set(path, file);
    else if ("symlink" in file) links.push([path, joined(path, file.symlink)]);
  }
  for (const [path, target] of links) {
    const bytes = found.get(target);
    if (bytes !== undefined) found.set(path, bytes);
    for (const [name, content] of below(found, target)) found.set(`${path}/${name}`, content);
  }
  return found;
}

function joined(link: string, target: string): string {
  const parts = link.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
