import { commitFacts } from "../git/facts.ts";
import type { JsonObject, Repository, World } from "../state.ts";
import { nodeId } from "./account.ts";
import { htmlUrl, repositoryUrl } from "./repository.ts";

export async function commitShape(world: World, repository: Repository, sha: string): Promise<JsonObject> {
  const facts = await commitFacts(repository.directory, sha);
  const { tree, parents, message, author, committer, authoredAt, committedAt } = facts;
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
      author: { ...author, date: authoredAt },
      committer: { ...committer, date: committedAt },
      message,
      tree: { sha: tree, url: `${gitUrl}/trees/${tree}` },
      comment_count: 0,
      verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
    },
    author: null,
    committer: null,
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${repositoryUrl(world, repository)}/commits/${parent}`,
      html_url: `${htmlUrl(world, repository)}/commit/${parent}`,
    })),
  };
}
