import { invalid, notFound, ok, page, refuse, type AskedOfRepository, type Answer, type Routes } from "../answer.ts";
import { diffEntryShape, diffFiles } from "../diff.ts";
import { refSha } from "../git/refs.ts";
import { git, resolveCommit, tryGit } from "../git/run.ts";
import { nodeId } from "../shapes/account.ts";
import { accountShape } from "../shapes/account.ts";
import { commitShape } from "../shapes/commit.ts";
import { simplePullShape } from "../shapes/pull.ts";
import { htmlUrl, repositoryShape, repositoryUrl } from "../shapes/repository.ts";
import type { BranchRules, Json, JsonObject, Repository } from "../state.ts";

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

async function branchSha(repository: Repository, name: string): Promise<string | undefined> {
  return refSha(repository.directory, `refs/heads/${name}`);
}

async function getBranch(asked: AskedOfRepository): Promise<Answer> {
  const { world, repository, path } = asked;
  const name = String(path["branch"]);
  const sha = await branchSha(repository, name);
  if (sha === undefined) return refuse(404, "Branch not found");
  const rules = repository.rules.get(name);
  const url = `${repositoryUrl(world, repository)}/branches/${name}`;
  const checks = (rules?.checks ?? []).map((check) => ({
    context: check.context,
    app_id: check.integrationId ?? null,
  }));
  return ok({
    name,
    commit: await commitShape(world, repository, sha),
    _links: { self: url, html: `${htmlUrl(world, repository)}/tree/${name}` },
    protected: rules !== undefined,
    protection: {
      enabled: rules !== undefined,
      required_status_checks: {
        enforcement_level: rules ? "everyone" : "off",
        contexts: checks.map((check) => check.context),
        checks,
      },
    },
    protection_url: `${url}/protection`,
  });
}

function ruleShapes(repository: Repository, rules: BranchRules | undefined): JsonObject[] {
  if (rules === undefined) return [];
  const source = {
    ruleset_source_type: "Repository",
    ruleset_source: `${repository.owner.login}/${repository.name}`,
    ruleset_id: 1,
  };
  const checks = rules.checks.map((check) => ({
    context: check.context,
    ...(check.integrationId !== undefined && { integration_id: check.integrationId }),
  }));
  const required = {
    type: "required_status_checks",
    parameters: { required_status_checks: checks, strict_required_status_checks_policy: rules.strict ?? false },
    ...source,
  };
  return [
    ...(checks.length > 0 ? [required] : []),
    ...(rules.mergeQueue === true ? [{ type: "merge_queue", ...source }] : []),
  ];
}

async function compare(asked: AskedOfRepository): Promise<Answer> {
  const { world, repository, path } = asked;
  const [from, to] = String(path["basehead"]).split("...");
  const strip = (name: string | undefined): string => (name ?? "").split(":").pop() ?? "";
  const base = await resolveCommit(repository.directory, strip(from));
  const head = await resolveCommit(repository.directory, strip(to));
  if (base === undefined || head === undefined) return notFound();
  const mergeBase = (await tryGit(repository.directory, ["merge-base", base, head])).stdout.trim();
  if (mergeBase === "") return refuse(404, "No common ancestor between the two commits.");
  const commits = lines(await git(repository.directory, ["rev-list", "--reverse", `${base}..${head}`]));
  const behind = lines(await git(repository.directory, ["rev-list", `${head}..${base}`])).length;
  const files = await diffFiles(repository, base, head);
  const url = `${repositoryUrl(world, repository)}/compare/${String(path["basehead"])}`;
  const html = `${htmlUrl(world, repository)}/compare/${String(path["basehead"])}`;
  const status = base === head ? "identical" : behind === 0 ? "ahead" : commits.length === 0 ? "behind" : "diverged";
  return ok({
    url,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: await commitShape(world, repository, base),
    merge_base_commit: await commitShape(world, repository, mergeBase),
    status,
    ahead_by: commits.length,
    behind_by: behind,
    total_commits: commits.length,
    commits: await Promise.all(commits.slice(0, 250).map((sha) => commitShape(world, repository, sha))),
    files: files.slice(0, 300).map((file) => diffEntryShape(world, repository, head, file)),
  });
}

async function getContent(asked: AskedOfRepository): Promise<Answer> {
  const { world, repository, path, query, accept } = asked;
  const sha = await resolveCommit(
    repository.directory,
    String(query["ref"] ?? `refs/heads/${repository.defaultBranch}`),
  );
  if (sha === undefined) return refuse(404, `No commit found for the ref ${String(query["ref"])}`);
  const file = String(path["path"]).replace(/^\/+/, "");
  const [entry] = lines(await git(repository.directory, ["ls-tree", "--full-tree", sha, "--", file]));
  const found = /^(\d+) (\w+) ([0-9a-f]+)\t/.exec(entry ?? "");
  if (found?.[2] !== "blob") return notFound();
  const content = await git(repository.directory, ["cat-file", "blob", found[3] ?? ""]);
  if (/\braw\b/.test(accept)) return ok(content, 200, { "content-type": "application/vnd.github.raw; charset=utf-8" });
  const url = `${repositoryUrl(world, repository)}/contents/${encodeURI(file)}?ref=${sha}`;
  const gitUrl = `${repositoryUrl(world, repository)}/git/blobs/${found[3]}`;
  const html = `${htmlUrl(world, repository)}/blob/${sha}/${encodeURI(file)}`;
  return ok({
    type: "file",
    encoding: "base64",
    size: Buffer.byteLength(content),
    name: file.split("/").pop() ?? file,
    path: file,
    content: Buffer.from(content).toString("base64"),
    sha: found[3] ?? "",
    url,
    git_url: gitUrl,
    html_url: html,
    download_url: `${htmlUrl(world, repository)}/raw/${sha}/${encodeURI(file)}`,
    _links: { self: url, git: gitUrl, html },
  });
}

async function getRef(asked: AskedOfRepository): Promise<Answer> {
  const { world, repository, path } = asked;
  const ref = `refs/${String(path["ref"])}`;
  const sha = await refSha(repository.directory, ref);
  if (sha === undefined) return notFound();
  const url = `${repositoryUrl(world, repository)}/git`;
  const object = { type: "commit", sha, url: `${url}/commits/${sha}` };
  return ok({ ref, node_id: nodeId("REF", repository.id), url: `${url}/${ref}`, object });
}

async function pullsOfCommit(asked: AskedOfRepository): Promise<Answer> {
  const { world, repository, path } = asked;
  const sha = String(path["commit_sha"]);
  if ((await resolveCommit(repository.directory, sha)) === undefined)
    return refuse(422, `No commit found for SHA: ${sha}`);
  const shapes: Json[] = [];
  for (const pull of repository.pulls) {
    const contains = pull.headSha === sha || (await isInside(repository, sha, pull.headSha, pull.base));
    if (contains || pull.merged?.sha === sha) shapes.push(await simplePullShape(world, repository, pull));
  }
  return page(asked, shapes);
}

async function isInside(repository: Repository, sha: string, head: string, base: string): Promise<boolean> {
  const { stdout } = await tryGit(repository.directory, ["rev-list", `refs/heads/${base}..${head}`]);
  return lines(stdout).includes(sha);
}

export const repositoryRoutes: Routes = {
  "repos/get": {
    needs: ["metadata", "read"],
    ofRepository: ({ world, repository }) => ok(repositoryShape(world, repository)),
  },
  "repos/get-branch": { needs: ["contents", "read"], ofRepository: getBranch },
  "repos/list-branches": {
    needs: ["contents", "read"],
    ofRepository: async (asked) => {
      const { world, repository } = asked;
      const text = await git(repository.directory, [
        "for-each-ref",
        "--format=%(refname:lstrip=2) %(objectname)",
        "refs/heads",
      ]);
      const branches = lines(text).map((line) => {
        const [name = "", sha = ""] = line.split(" ");
        const url = `${repositoryUrl(world, repository)}/commits/${sha}`;
        return { name, commit: { sha, url }, protected: repository.rules.has(name) };
      });
      return page(asked, branches);
    },
  },
  "repos/get-branch-rules": {
    needs: ["metadata", "read"],
    ofRepository: (asked) =>
      page(asked, ruleShapes(asked.repository, asked.repository.rules.get(String(asked.path["branch"])))),
  },
  "repos/get-commit": {
    needs: ["contents", "read"],
    ofRepository: async (asked) => {
      const { world, repository, path } = asked;
      const sha = await resolveCommit(repository.directory, String(path["ref"]));
      return sha === undefined
        ? refuse(422, `No commit found for SHA: ${String(path["ref"])}`)
        : ok(await commitShape(world, repository, sha));
    },
  },
  "repos/list-pull-requests-associated-with-commit": { needs: ["pull_requests", "read"], ofRepository: pullsOfCommit },
  "repos/compare-commits-with-basehead": { needs: ["contents", "read"], ofRepository: compare },
  "repos/get-content": { needs: ["contents", "read"], ofRepository: getContent },
  "git/get-ref": { needs: ["contents", "read"], ofRepository: getRef },
  "repos/get-collaborator-permission-level": {
    needs: ["metadata", "read"],
    ofRepository: ({ world, repository, path }) => {
      const account = world.accounts.get(String(path["username"]));
      if (account === undefined) return notFound();
      const own = account === repository.owner ? "admin" : repository.collaborators.get(account.login);
      const permission = own ?? (repository.isPrivate ? "none" : "read");
      return ok({
        permission,
        role_name: permission,
        user: { ...accountShape(world, account), role_name: permission },
      });
    },
  },
  "repos/create-commit-status": {
    needs: ["statuses", "write"],
    ofRepository: () => invalid("Status", "state", "the simulated GitHub keeps no commit statuses"),
  },
};
