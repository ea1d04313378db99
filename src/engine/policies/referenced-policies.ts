import { configProblem } from "../../config/config-problem.ts";
import type { ConfigSource } from "../../config/read-config.ts";
import { mountedTrees, type Mount } from "../../config/mounted-trees.ts";
import { readPolicyReference, type PolicyReference } from "../../config/policy-reference.ts";
import { readBundle, type Bundle } from "../../config/read-bundle.ts";
import type { Problem } from "../../model/problem.ts";
import type { Tree, TreeEntry } from "../../model/tree.ts";
import { openReference, unpacked } from "./open-reference.ts";
import { signatureProblem, type Signable, type SignatureMeans } from "./signature-problem.ts";

/** A policy set's paths once all that they name elsewhere is there. */
export interface ReferencedPolicies {
  /** The tree with what was fetched and unpacked, each below a path of its own. */
  readonly tree: Tree;
  /** In the order of the entries that were asked for. */
  readonly policies: readonly string[];
  /** Those among them that could not be had, each with a problem. */
  readonly unavailable: ReadonlySet<string>;
  /** The data of bundles, besides the configuration's own. */
  readonly data: readonly string[];
  /** The Rego version of a file, where its bundle tells. */
  readonly regoVersionOf: (path: string) => "v0" | "v1" | undefined;
  readonly problems: readonly Problem[];
}

/** What finding them takes. */
export interface ReferenceMeans extends Omit<SignatureMeans, "read"> {
  readonly source: ConfigSource | undefined;
}

const archive = /\.(?:tar\.gz|tgz)$/;

/**
 * Fetches what the entries of `policies:` name elsewhere, and unpacks bundles. Throws PoliciesUnanswered where a server does
 * not answer; everything else that is wrong is a problem at the entry.
 */
export async function referencedPolicies(
  tree: Tree,
  policies: readonly string[],
  means: ReferenceMeans,
): Promise<ReferencedPolicies> {
  const readings = policies.map((written) => readPolicyReference(written));
  const isOwn = (at: number): boolean => readings[at] === undefined && !archive.test(policies[at] ?? "");
  if (policies.every((_, at) => isOwn(at)))
    return { tree, policies, unavailable: new Set(), data: [], regoVersionOf: () => undefined, problems: [] };
  const problems: Problem[] = [];
  const unavailable = new Set<string>();
  const found = await Promise.all(
    policies.map(async (written, at): Promise<Found> => {
      if (isOwn(at)) return { path: written };
      const loaded = await load(written, readings[at], tree, { ...means, read: (path) => tree.read(path) });
      if (loaded.kind === "found") return loaded;
      problems.push(configProblem(means.source, `/policies/${at}`, `${written}: ${loaded.message}`));
      unavailable.add(written);
      return { path: written };
    }),
  );
  const bundles = found.flatMap(({ mount, bundle }) =>
    mount === undefined || bundle === undefined ? [] : [{ mount, bundle }],
  );
  return {
    tree: mountedTrees(
      tree,
      found.flatMap(({ mount }) => mount ?? []),
    ),
    policies: found.map(({ path }) => path),
    unavailable,
    data: bundles.filter(({ bundle }) => bundle.data.length > 0).map(({ mount }) => mount.path),
    regoVersionOf: (path) => {
      const of = bundles.find(({ mount }) => path.startsWith(`${mount.path}/`));
      return of?.bundle.versionOf(path.slice(of.mount.path.length + 1));
    },
    problems,
  };
}

interface Found {
  readonly path: string;
  readonly mount?: Mount;
  readonly bundle?: Bundle;
}

type Loaded = ({ readonly kind: "found" } & Found) | { readonly kind: "failed"; readonly message: string };

async function load(
  written: string,
  reading: ReturnType<typeof readPolicyReference>,
  tree: Tree,
  means: SignatureMeans,
): Promise<Loaded> {
  if (reading === undefined) return asArchive({ written }, written, await readOwn(tree, written), means);
  if (reading.kind === "invalid") return { kind: "failed", message: reading.message };
  const { reference } = reading;
  const opened = await openReference(reference, means.fetch);
  return opened.kind === "failed" ? opened : fetched(reference, opened.tree, means);
}

async function fetched(reference: PolicyReference, tree: Tree, means: SignatureMeans): Promise<Loaded> {
  const { written, remote, mount, directory } = reference;
  if (remote.kind === "file") {
    const [file] = await tree.list();
    return asArchive({ written, remote }, mount, file === undefined ? undefined : await tree.read(file.path), means);
  }
  if (remote.kind === "artifact") return asBundle({ written, remote, tree }, mount, means);
  const unsigned = await signatureProblem({ written, remote, tree }, means);
  if (unsigned !== undefined) return { kind: "failed", message: unsigned };
  const path = directory === "" ? mount : `${mount}/${directory}`;
  return { kind: "found", path, mount: { path: mount, tree } };
}

async function readOwn(tree: Tree, path: string): Promise<Uint8Array | undefined> {
  const clean = path.replace(/^\.\//, "");
  const entry = (await tree.list()).find((one) => one.path === clean);
  return entry?.kind === "file" ? tree.read(clean) : undefined;
}

async function asArchive(
  of: Omit<Signable, "tree">,
  mount: string,
  bytes: Uint8Array | undefined,
  means: SignatureMeans,
): Promise<Loaded> {
  if (bytes === undefined) return { kind: "failed", message: "no such file" };
  const opened = await unpacked(bytes, "the bundle");
  return opened.kind === "failed" ? opened : asBundle({ ...of, tree: opened.tree }, mount.replace(/^\.\//, ""), means);
}

async function asBundle(of: Signable, path: string, means: SignatureMeans): Promise<Loaded> {
  const { tree } = of;
  const unsigned = await signatureProblem(of, means);
  if (unsigned !== undefined) return { kind: "failed", message: unsigned };
  const reading = await readBundle(tree);
  if (reading.kind === "invalid")
    return { kind: "failed", message: `${reading.path === "" ? "the bundle" : reading.path} ${reading.message}` };
  const { bundle } = reading;
  const used = new Set([...bundle.rego, ...bundle.data]);
  return { kind: "found", path, mount: { path, tree: only(tree, (entry) => used.has(entry.path)) }, bundle };
}

function only(tree: Tree, keep: (entry: TreeEntry) => boolean): Tree {
  return { ...tree, list: async () => (await tree.list()).filter(keep) };
}
