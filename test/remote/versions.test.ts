import { afterAll, expect, test } from "@jest/globals";
import { join } from "node:path";
import type { RemoteReference, Remotes, VersionRules } from "../../src/model/remotes.ts";
import { createRemotes, type RemotesOptions } from "../../src/remote/create-remotes.ts";
import { revisionOf } from "../../src/render/argocd/source-repository.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { chartArchive } from "../support/remote-servers/archives.ts";
import { tagCommit } from "../support/remote-servers/git-repositories.ts";
import { startGitServer } from "../support/remote-servers/git-server.ts";
import { startHelmRepository } from "../support/remote-servers/helm-repository.ts";
import { jobOptions, storeDirectory } from "../support/remote-servers/job.ts";
import { helmConfig, helmLayer, startOciRegistry } from "../support/remote-servers/oci-registry.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { versionLists, type VersionList } from "./version-lists.ts";
import { buildVersionOracle, type Choices, type Rule } from "./version-oracle.ts";

const SWEEP = Number(process.env["PORTCULLIS_SWEEP"] ?? 60);
const RANGES = 20;

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 2 });
const charts = await startHelmRepository([]);
const registry = await startOciRegistry();
const repositories = await startGitServer();
afterAll(async () => {
  renderer.close();
  await Promise.all([charts.close(), registry.close(), repositories.close()]);
});

const oracle = await buildVersionOracle();
const archive = chartArchive("web", "1.0.0");
const hosts = [`http://${charts.host}/**`, `oci+http://${registry.host}/**`, `http://${repositories.host}/**`];
const options = async (): Promise<RemotesOptions> =>
  jobOptions(await storeDirectory(), hosts, {
    versions: renderer.versions,
    limits: { references: 1_000_000 },
  });

type Ask = (range: string, filter: string) => RemoteReference;

const chart = (rules: VersionRules, repository: string, version: string): RemoteReference => ({
  kind: "chart",
  repository,
  name: "web",
  version,
  rules,
});

/** What each rule asks an index or a repository of Git for. */
const ofIndex = (repository: string): { readonly [rule in Rule]?: Ask } => ({
  "helm-index": (range) => chart("helm", `${charts.origin}/charts`, range),
  "flux-index": (range) => chart("flux", `${charts.origin}/charts`, range),
  "argocd-index": (range) => chart("argocd", `${charts.origin}/charts`, range),
  "flux-git": (range) => ({ kind: "git", url: repository, revision: { kind: "semver", value: range } }),
  "argocd-git": (range) => ({ kind: "git", url: repository, revision: revisionOf(range) }),
});

/** What each rule asks a registry for. */
const ofRegistry = (repository: string): { readonly [rule in Rule]?: Ask } => ({
  "helm-tags": (range) => chart("helm", repository, range),
  "flux-tags": (range) => chart("flux", repository, range),
  "argocd-tags": (range) => chart("argocd", repository, range),
  "flux-artifact": (semver, semverFilter) => ({ kind: "artifact", url: `${repository}/web`, semver, semverFilter }),
  "flux-chart": (semver, semverFilter) => ({
    ...chart("flux", repository, ""),
    artifact: { semver, semverFilter, layer: { mediaType: helmLayer, operation: "copy" } },
  }),
});

/** A repository with a commit for each time, and the tags. */
async function tagged(name: string, { entries }: VersionList): Promise<string> {
  await repositories.create(name);
  const commits = new Map<string, string>();
  for (const { created } of entries.toSorted((a, b) => (a.created < b.created ? -1 : 1)))
    if (!commits.has(created)) commits.set(created, await repositories.commit(name, { at: created }, "main", created));
  for (const { version, created } of entries)
    await tagCommit(join(repositories.root, name), version, commits.get(created) ?? "");
  return repositories.url(name);
}

async function compareList(list: VersionList, choices: Choices[number], at: number): Promise<readonly string[]> {
  const remotes = createRemotes(await options());
  if (at % 2 === 1) {
    for (const { version } of list.entries)
      registry.push(`l${at}/web`, version, [{ mediaType: helmLayer, content: archive }], helmConfig);
    return compare(ofRegistry(`oci://${registry.host}/l${at}`), remotes, list, choices);
  }
  charts.charts = list.entries.map((entry) => ({ ...entry, name: "web", archive }));
  return compare(ofIndex(await tagged(`l${at}`, list)), remotes, list, choices);
}

const lists = versionLists(Math.ceil(SWEEP / RANGES), RANGES, 1);
(oracle === undefined ? test.skip : test)(
  "versions are chosen as Helm, Flux and Argo CD choose them",
  async () => {
    const choices = oracle?.(lists) ?? [];
    const wrong: string[] = [];
    for (const [at, list] of lists.entries()) wrong.push(...(await compareList(list, choices[at] ?? [], at)));
    expect(wrong).toEqual([]);
  },
  60_000 + SWEEP * 5_000,
);

async function compare(
  asks: { readonly [rule in Rule]?: Ask },
  remotes: Remotes,
  { entries, ranges, filter }: VersionList,
  choices: Choices[number],
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [at, range] of ranges.entries()) {
    for (const [rule, ask] of Object.entries(asks)) {
      const outcome = await remotes.fetch(ask(range, filter));
      if (outcome.kind === "unanswered") throw new Error(outcome.message);
      const version = outcome.kind === "found" ? outcome.content.version : undefined;
      const ours = entries.find((entry) => entry.version.replaceAll("+", "_") === version?.replaceAll("+", "_"));
      const expected = choices[at]?.[rule as Rule] ?? -1;
      const theirs = expected === noRange ? entries.find((entry) => entry.version === range) : entries[expected];
      // What Git finds by its name has its commit for a version: a tag, or what every repository has.
      const hasName = theirs?.version === range || (expected === noRange && ["", "main", "HEAD"].includes(range));
      const isNamed = rule === "argocd-git" && hasName && /^[0-9a-f]{40}$/.test(version ?? "");
      const isSame = ours === theirs && (version === undefined || ours !== undefined);
      if (isNamed || isSame || (rule === "flux-git" && isTie(ours, theirs))) continue;
      const among = entries.map((entry) => entry.version).join(" ");
      const said = outcome.kind === "found" ? "" : outcome.message;
      wrong.push(
        `${rule}: ${JSON.stringify(range)} (${filter}) of ${among}: ${version ?? said} instead of ${theirs?.version ?? "none"}`,
      );
    }
  }
  return wrong;
}

/** What the oracle says where Argo CD leaves a revision to Git. */
const noRange = -2;

/** Whether Flux may take the one as well as the other: it looks at tags of one time and precedence in no fixed order. */
function isTie(one: Entry | undefined, other: Entry | undefined): boolean {
  return one !== undefined && one.created === other?.created && precedence(one.version) === precedence(other.version);
}

type Entry = VersionList["entries"][number];

function precedence(version: string): string {
  return version
    .replace(/^v/, "")
    .replace(/\+.*$/, "")
    .replaceAll(/(?<=^|\.)0+(?=\d)/g, "");
}
