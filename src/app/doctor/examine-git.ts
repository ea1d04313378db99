import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Diagnosis } from "../../model/diagnosis.ts";
import { runGit } from "../../tree/run-git.ts";
import { writeAuthorities } from "../mirror/certificates.ts";
import type { Clinic } from "./clinic.ts";
import { attempt, failure, ok, unknown } from "./diagnosis.ts";

/** Enough for a slow connection. */
const DEADLINE_MILLISECONDS = 60_000;

/** Whether Git is there, and reaches GitHub with a token as the server makes them. */
export async function examineGit(clinic: Clinic): Promise<readonly Diagnosis[]> {
  let version: string;
  try {
    version = (await runGit(tmpdir(), ["--version"])).stdout.replace("git version", "").trim();
  } catch {
    return [
      failure("git/missing", "there is no git on this machine", "install it; the server cannot fetch without it"),
    ];
  }
  return [ok("git/version", `Git ${version}`), await fetches(clinic)];
}

async function fetches(clinic: Clinic): Promise<Diagnosis> {
  const listing = await clinic.repositories();
  const [repository] = listing.kind === "read" ? listing.value.repositories : [];
  if (repository === undefined) return unknown("git/fetch", "there is no repository to try a fetch with");
  const { owner, name: repo } = repository;
  const access = await attempt(clinic.clients.access(repository.installation.id, repository.id));
  if (access.kind === "unread") return unknown("git/fetch", `no token to try a fetch with: ${access.why}`);
  const found = await attempt(access.value.github.readRepository({ owner, repo }));
  if (found.kind === "unread") return unknown("git/fetch", `${owner}/${repo} cannot be read: ${found.why}`);
  const directory = await mkdtemp(join(tmpdir(), "portcullis-doctor-"));
  try {
    const authorities = await writeAuthorities(directory, clinic.environment["NODE_EXTRA_CA_CERTS"]);
    const { code, stderr } = await runGit(directory, ["ls-remote", "--", found.value.cloneUrl, "HEAD"], {
      signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
      remote: {
        url: found.value.cloneUrl,
        token: access.value.token,
        ...(authorities === undefined ? {} : { authorities }),
      },
    });
    if (code === 0) return ok("git/fetch", `it reads ${owner}/${repo} with a token of the App`);
    const why = stderr.split("\n").find((line) => line !== "") ?? `it ended with ${code}`;
    return failure(
      "git/fetch",
      `it cannot read ${found.value.cloneUrl}: ${why}`,
      "check HTTPS_PROXY and NODE_EXTRA_CA_CERTS, which Git uses too, and the firewall",
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
