import { invalid, notFound, ok, page, refuse, type AskedOfRepository, type Answer, type Routes } from "../answer.ts";
import { diffEntryShape, diffFiles } from "../diff.ts";
import { refSha } from "../git/refs.ts";
import { git, resolveCommit, tryGit } from "../git/run.ts";
import { nodeId } from "../shapes/account.ts";
import { accountShape } from "../shapes/account.ts";
import { commitShape } from "../shapes/commit.ts";
import { simplePullShape } from "../shapes/pull.ts";
import { htmlUrl, repositoryShape, repositoryUrl } from "../shapes/repository.ts";
import type { Repository } from "../state.ts";
import type { Json, JsonObject } from "../json.ts";

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
  const classic = rules?.classic;
  const checks = (classic?.checks ?? []).map((check) => ({
    context: check.context,
    app_id: check.integrationId ?? null,
  }));
  return ok({
    name,
    commit: await commitShape(world, repository, sha),
    _links: { self: url, html: `${htmlUrl(world, repository)}/tree/${name}` },
    protected: rules !== undefined,
    protection: {
      enabled: classic !== undefined,
      required_status_checks: {
        enforcement_level: classic === undefined ? "off" : (classic.enforcement ?? "everyone"),
        contexts: checks.map((check) => check.context),
        checks,
      },
    },
    protection_url: `${url}/protection`,
  });
}

/** Each branch with rules has a ruleset of its own. */
const rulesetId = (repository: Repository, branch: string): number => [...repository.rules.keys()].indexOf(branch) + 1;

function getRuleset({ world, repository, path }: AskedOfRepository): Answer {
  const [branch, rules] = [...repository.rules][Number(path["ruleset_id"]) - 1] ?? [];
  if (branch === undefined || rules === undefined) return notFound();
  const self = `${repositoryUrl(world, repository)}/rulesets/${String(path["ruleset_id"])}`;
  return ok({
    id: Number(path["ruleset_id"]),
    name: `Protect ${branch}`,
    target: "branch",
    source_type: "Repository",
    source: `${repository.owner.login}/${repository.name}`,
    enforcement: "active",
    ...(rules.bypass?.actors !== undefined && {
      bypass_actors: rules.bypass.actors.map((actor) => ({ ...actor, bypass_mode: "always" })),
    }),
    current_user_can_bypass: rules.bypass?.byApp ?? "never",
    _links: { self: { href: self } },
    conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
    rules: ruleShapes(repository, branch).map(({ type, parameters }) => ({ type, ...(parameters && { parameters }) })),
  });
}

function ruleShapes(repository: Repository, branch: string): JsonObject[] {
  const rules = repository.rules.get(branch);
  if (rules === undefined) return [];
  const source = {
    ruleset_source_type: "Repository",
    ruleset_source: `${repository.owner.login}/${repository.name}`,
    ruleset_id: rulesetId(repository, branch),
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
    ofRepository: (asked) => page(asked, ruleShapes(asked.repository, String(asked.path["branch"]))),
  },
  "repos/get-repo-ruleset": { needs: ["metadata", "read"], ofRepository: getRuleset },
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
  "repos/list-commits": {
    needs: ["contents", "read"],
    ofRepository: async (asked) => {
      const { world, repository, query } = asked;
      const from = await resolveCommit(repository.directory, String(query["sha"] ?? repository.defaultBranch));
      if (from === undefined) return refuse(409, "Git Repository is empty.");
      const path = query["path"] === undefined ? [] : ["--", String(query["path"])];
      const author = query["author"] === undefined ? [] : ["--fixed-strings", `--author=<${String(query["author"])}>`];
      const found = lines(await git(repository.directory, ["rev-list", ...author, from, ...path]));
      return page(asked, await Promise.all(found.map((sha) => commitShape(world, repository, sha))));
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
