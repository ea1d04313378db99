import { createHash } from "node:crypto";
import { chartArchive } from "./archives.ts";
import { startLoopback, type Loopback } from "./loopback.ts";

/** A chart that the repository serves. */
export interface ServedChart {
  readonly name: string;
  readonly version: string;
  readonly created?: string;
  /** What the index says; absent: the truth. */
  readonly digest?: string;
  readonly url?: string;
  readonly archive?: Buffer;
  readonly files?: { readonly [path: string]: string };
}

/** A Helm repository on loopback, whose charts a test may change while it runs. */
export interface HelmRepository extends Loopback {
  charts: readonly ServedChart[];
  /** Every answer is 503 while it is set. */
  isDown: boolean;
  /** `user:password` that every request must have. */
  basic?: string;
}

/** Starts a repository below `/charts`. Its index has an ETag. */
export async function startHelmRepository(charts: readonly ServedChart[]): Promise<HelmRepository> {
  const server = await startLoopback((request, response) => {
    if (repository.isDown) return response.writeHead(503).end("down for maintenance");
    const { authorization } = request.headers;
    if (
      repository.basic !== undefined &&
      authorization !== `Basic ${Buffer.from(repository.basic).toString("base64")}`
    ) {
      return response.writeHead(401, { "content-type": "text/plain" }).end("who are you?");
    }
    const { pathname } = new URL(request.url ?? "", "http://host");
    if (pathname === "/charts/index.yaml") {
      const index = indexOf(repository.charts);
      const etag = `"${createHash("sha256").update(index).digest("hex")}"`;
      if (request.headers["if-none-match"] === etag) return response.writeHead(304, { etag }).end();
      return response.writeHead(200, { etag }).end(index);
    }
    const chart = repository.charts.find(({ name, version }) => pathname === `/charts/${name}-${version}.tgz`);
    return chart === undefined ? response.writeHead(404).end("no such chart") : response.end(archiveOf(chart));
  });
  const repository: HelmRepository = { ...server, charts, isDown: false };
  return repository;
}

/** The digest of a chart's archive. */
export function digestOfChart(chart: ServedChart): string {
  return createHash("sha256").update(archiveOf(chart)).digest("hex");
}

function archiveOf({ archive, name, version, files }: ServedChart): Buffer {
  return archive ?? chartArchive(name, version, files);
}

function indexOf(charts: readonly ServedChart[]): string {
  const names = [...new Set(charts.map(({ name }) => name))];
  const entries = names.map((name) =>
    [`  ${name}:`, ...charts.filter((chart) => chart.name === name).map(entryOf)].join("\n"),
  );
  return `apiVersion: v1\nentries:\n${entries.join("\n")}\ngenerated: "2026-01-01T00:00:00Z"\n`;
}

function entryOf(chart: ServedChart): string {
  const { name, version, created = "2026-01-01T00:00:00Z", url = `${name}-${version}.tgz` } = chart;
  const digest = chart.digest ?? digestOfChart(chart);
  return [
    `  - apiVersion: v2`,
    `    created: "${created}"`,
    `    description: A chart`,
    `    digest: "${digest}"`,
    `    name: ${name}`,
    `    urls:`,
    `    - ${url}`,
    `    version: "${version}"`,
  ].join("\n");
}
