import {
  notFound,
  ok,
  page,
  refuse,
  invalid,
  type Asked,
  type AskedOfRepository,
  type Routes,
  textOf,
} from "../answer.ts";
import { diffEntryShape, diffFiles } from "../diff.ts";
import { refreshTestMerge, testMergeIsCurrent } from "../git/merges.ts";
import { refSha } from "../git/refs.ts";
import { git } from "../git/run.ts";
import { mergePull } from "../people/merge.ts";
import { closePull, editTitle, openPull, reopenPull, retargetPull } from "../people/pulls.ts";
import { commitShape } from "../shapes/commit.ts";
import { pullShape, simplePullShape } from "../shapes/pull.ts";
import type { Account, Branch, PullRequest } from "../state.ts";

export const findPull = ({ repository, path }: AskedOfRepository): PullRequest | undefined =>
  repository.pulls.find((pull) => pull.number === Number(path["pull_number"]));

export function askingAccount({ actor, world }: Asked): Account {
  return actor.kind === "person" ? actor.account : world.app.bot;
}

const MOST_FILES = 3000;

function chosenPulls({ repository, query }: AskedOfRepository): PullRequest[] {
  const state = query["state"] ?? "open";
  const chosen = repository.pulls.filter(
    (pull) =>
      (state === "all" || pull.state === state) &&
      (query["base"] === undefined || pull.base === query["base"]) &&
      (query["head"] === undefined || `${pull.head.repository.owner.login}:${pull.head.name}` === query["head"]),
  );
  const direction = query["direction"] ?? (query["sort"] === undefined || query["sort"] === "created" ? "desc" : "asc");
  const key = query["sort"] === "updated" ? ("updatedAt" as const) : ("createdAt" as const);
  const sorted = chosen.toSorted((one, other) => one[key].localeCompare(other[key]) || one.number - other.number);
  return direction === "desc" ? sorted.toReversed() : sorted;
}

export const pullRoutes: Routes = {
  "pulls/get": {
    needs: ["pull_requests", "read"],
    ofRepository: async (asked) => {
      const { world, repository } = asked;
      const pull = findPull(asked);
      if (pull === undefined) return notFound();
      if (pull.state === "open" && !(await testMergeIsCurrent(repository, pull))) {
        const work = refreshTestMerge(world, repository, pull);
        if (world.merge.delay === 0) await work;
      }
      return ok(await pullShape(world, repository, pull));
    },
  },
  "pulls/list": {
    needs: ["pull_requests", "read"],
    ofRepository: async (asked) => {
      const shapes = await Promise.all(
        chosenPulls(asked).map((pull) => simplePullShape(asked.world, asked.repository, pull)),
      );
      return page(asked, shapes);
    },
  },
  "pulls/create": {
    needs: ["pull_requests", "write"],
    ofRepository: async (asked) => {
      const { world, repository, body } = asked;
      const [owner, name] = textOf(body, "head").includes(":")
        ? textOf(body, "head").split(":")
        : [repository.owner.login, textOf(body, "head")];
      const source = world.repositories.find(
        (candidate) => candidate.owner.login === owner && (candidate === repository || candidate.parent === repository),
      );
      if (
        source === undefined ||
        name === undefined ||
        (await refSha(source.directory, `refs/heads/${name}`)) === undefined
      ) {
        return invalid("PullRequest", "head", "head is invalid");
      }
      const head: Branch = { repository: source, name };
      if (
        repository.pulls.some(
          (pull) =>
            pull.state === "open" &&
            pull.head.repository === source &&
            pull.head.name === name &&
            pull.base === body["base"],
        )
      ) {
        return invalid("PullRequest", "head", `A pull request already exists for ${owner}:${name}.`);
      }
      const options = {
        head,
        base: textOf(body, "base"),
        title: textOf(body, "title"),
        draft: body["draft"] === true,
        by: askingAccount(asked),
      };
      const pull = await openPull(
        world,
        repository,
        typeof body["body"] === "string" ? { ...options, body: body["body"] } : options,
      );
      return ok(await pullShape(world, repository, pull), 201);
    },
  },
  "pulls/update": {
    needs: ["pull_requests", "write"],
    ofRepository: async (asked) => {
      const { world, repository, body } = asked;
      const pull = findPull(asked);
      if (pull === undefined) return notFound();
      const by = askingAccount(asked);
      if (typeof body["title"] === "string") await editTitle(world, repository, pull, body["title"], by);
      if (typeof body["base"] === "string" && body["base"] !== pull.base)
        await retargetPull(world, repository, pull, body["base"], by);
      if (body["state"] === "closed" && pull.state === "open") await closePull(world, repository, pull, by);
      if (body["state"] === "open" && pull.state === "closed") await reopenPull(world, repository, pull, by);
      return ok(await pullShape(world, repository, pull));
    },
  },
  "pulls/list-files": {
    needs: ["pull_requests", "read"],
    ofRepository: async (asked) => {
      const pull = findPull(asked);
      if (pull === undefined) return notFound();
      const files = await diffFiles(asked.repository, `refs/heads/${pull.base}`, pull.headSha);
      return page(
        asked,
        files.slice(0, MOST_FILES).map((file) => diffEntryShape(asked.world, asked.repository, pull.headSha, file)),
      );
    },
  },
  "pulls/list-commits": {
    needs: ["pull_requests", "read"],
    ofRepository: async (asked) => {
      const pull = findPull(asked);
      if (pull === undefined) return notFound();
      const { world, repository } = asked;
      const text = await git(repository.directory, [
        "rev-list",
        "--reverse",
        `refs/heads/${pull.base}..${pull.headSha}`,
      ]);
      const shas = text
        .split("\n")
        .filter((line) => line !== "")
        .slice(0, 250);
      return page(asked, await Promise.all(shas.map((sha) => commitShape(world, repository, sha))));
    },
  },
  "pulls/check-if-merged": {
    needs: ["pull_requests", "read"],
    ofRepository: (asked) => (findPull(asked)?.merged === undefined ? notFound() : { status: 204 }),
  },
  "pulls/merge": {
    needs: ["contents", "write"],
    ofRepository: async (asked) => {
      const { world, repository, body } = asked;
      const pull = findPull(asked);
      if (pull === undefined) return notFound();
      if (body["merge_method"] === "rebase") return refuse(405, "Rebase merges are not allowed on this repository.");
      const options = {
        ...(typeof body["sha"] === "string" && { sha: body["sha"] }),
        ...(typeof body["merge_method"] === "string" && { method: body["merge_method"] }),
      };
      const outcome = await mergePull(world, repository, pull, askingAccount(asked), options);
      if (outcome.kind === "refused") return refuse(outcome.status, outcome.message);
      return ok({ sha: outcome.sha, merged: true, message: "Pull Request successfully merged" });
    },
  },
};
