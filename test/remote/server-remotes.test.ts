import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openServerRemotes } from "../../src/engine/server-remotes.ts";
import type { Remotes } from "../../src/model/remotes.ts";
import { startHelmRepository, type HelmRepository } from "../support/remote-servers/helm-repository.ts";
import { jobOptions, storeDirectory } from "../support/remote-servers/job.ts";

let charts: HelmRepository;
let directory: string;
beforeEach(async () => {
  charts = await startHelmRepository([{ name: "web", version: "1.0.0" }]);
  charts.basic = "reader:secret";
  directory = await storeDirectory();
});
afterEach(() => charts.close());

const credentialsFile = async (more: string, password = "secret"): Promise<string> => {
  const path = join(directory, "credentials.yaml");
  await writeFile(path, `- { prefix: "${charts.origin}", username: reader, password: ${password}${more} }\n`);
  return path;
};
function remotesFor(judged: string, credentialsPath: string, fetch: "known" | "any" = "known"): Remotes {
  const { versions } = jobOptions(directory, []);
  const remotes = openServerRemotes(
    { fetch, allow: [], mirrors: {} },
    { urls: [`https://github.example/${judged}.git`], readToken: async () => undefined },
    { directory: join(directory, "remotes"), versions, hosts: [`${charts.origin}/**`], credentialsPath },
  );
  if (remotes === undefined) throw new Error("nothing is fetched");
  return remotes;
}
const outcomeFor = async (judged: string, credentialsPath: string): Promise<string> =>
  (
    await remotesFor(judged, credentialsPath).fetch({
      kind: "chart",
      repository: `${charts.origin}/charts`,
      name: "web",
      version: "1.0.0",
    })
  ).kind;

test("what the credentials of some repositories opened is there for no other repository of their owner", async () => {
  const path = await credentialsFile(", repositories: [https://github.example/acme/platform]");
  expect(await outcomeFor("acme/platform", path)).toBe("found");
  expect(await outcomeFor("acme/platform", path)).toBe("found");
  const asked = charts.seen.length;
  expect(await outcomeFor("acme/website", path)).toBe("absent");
  expect(charts.seen.length).toBeGreaterThan(asked);
});

test("what the credentials of all repositories opened is there for those of one owner", async () => {
  const path = await credentialsFile("");
  expect(await outcomeFor("acme/platform", path)).toBe("found");
  const asked = charts.seen.length;
  // Not even another password has it asked for again.
  await credentialsFile("", "wrong");
  expect(await outcomeFor("acme/website", path)).toBe("found");
  expect(charts.seen).toHaveLength(asked);
  expect(await outcomeFor("other/website", path)).toBe("absent");
});

test("an address is guarded where there are credentials for it, and below the owner's", async () => {
  const path = await credentialsFile(", repositories: [https://github.example/acme/platform]");
  const isGuarded = async (judged: string, url: string): Promise<unknown> =>
    remotesFor(judged, path, "any").isGuarded?.(url);
  expect(await isGuarded("acme/platform", `${charts.origin}/charts/web`)).toBe(true);
  expect(await isGuarded("acme/website", `${charts.origin}/charts/web`)).toBe(false);
  expect(await isGuarded("acme/website", "https://github.example/acme/secret")).toBe(true);
  expect(await isGuarded("acme/website", "https://github.example/other/x")).toBe(false);
  expect(await remotesFor("acme/website", join(directory, "none")).isGuarded?.("https://example.com")).toBe(true);
});
