import { commitFacts } from "../git/facts.ts";
import type { Repository, World } from "../state.ts";
import type { JsonObject } from "../json.ts";
import { accountShape, nodeId } from "./account.ts";
import { htmlUrl, repositoryUrl } from "./repository.ts";

/** The account that has an address: each has one of its own here. */
function accountWith(world: World, email: string): JsonObject | null {
  const login = /^(.+)@example\.invalid$/.exec(email)?.[1];
  const account = email === "noreply@github.com" ? world.accounts.get("web-flow") : world.accounts.get(login ?? "");
  return account === undefined ? null : accountShape(world, account);
}

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
    author: accountWith(world, author.email),
    committer: accountWith(world, committer.email),
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${repositoryUrl(world, repository)}/commits/${parent}`,
      html_url: `${htmlUrl(world, repository)}/commit/${parent}`,
    })),
  };
}
