import { git } from "../git/run.ts";
import type { JsonObject, Repository, World } from "../state.ts";
import { nodeId } from "./account.ts";
import { htmlUrl, repositoryUrl } from "./repository.ts";

export async function commitShape(world: World, repository: Repository, sha: string): Promise<JsonObject> {
  const format = "%T%x00%P%x00%aI%x00%an%x00%ae%x00%cI%x00%cn%x00%ce%x00%B";
  const text = await git(repository.directory, ["show", "--no-patch", `--format=${format}`, sha]);
  const [tree = "", parents = "", authored = "", an = "", ae = "", committed = "", cn = "", ce = "", message = ""] =
    text.split("\0");
  const url = `${repositoryUrl(world, repository)}/commits/${sha}`;
  const gitUrl = `${repositoryUrl(world, repository)}/git`;
  const html = `${htmlUrl(world, repository)}/commit/${sha}`;
  return {
    sha,
    node_id: nodeId("C", Number.parseInt(sha.slice(0, 8), 16)),
    url,
    html_url: html,
    comments_url: `${url}/comments`,
    commit: {
      url: `${gitUrl}/commits/${sha}`,
      author: { name: an, email: ae, date: authored },
      committer: { name: cn, email: ce, date: committed },
      message: message.trim(),
      tree: { sha: tree, url: `${gitUrl}/trees/${tree}` },
      comment_count: 0,
      verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
    },
    author: null,
    committer: null,
    parents: parents
      .split(" ")
      .filter((parent) => parent !== "")
      .map((parent) => ({
        sha: parent,
        url: `${repositoryUrl(world, repository)}/commits/${parent}`,
        html_url: `${htmlUrl(world, repository)}/commit/${parent}`,
      })),
  };
}
