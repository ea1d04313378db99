import {
  invalid,
  notFound,
  ok,
  page,
  refuse,
  type Answer,
  type AskedOfRepository,
  type Routes,
  textOf,
} from "../answer.ts";
import { commentOn } from "../people/comments.ts";
import { openIssue } from "../people/issues.ts";
import { accountShape, nodeId } from "../shapes/account.ts";
import { baseChangeShape, issueCommentShape, plainIssueShape } from "../shapes/issue-comment.ts";
import { nextId, timestamp, type IssueComment } from "../state.ts";
import { askingAccount } from "./pulls.ts";

const LONGEST_BODY = 65_536;

const findComment = ({ repository, path }: AskedOfRepository): IssueComment | undefined =>
  repository.comments.find((comment) => comment.id === Number(path["comment_id"]));

/** What GitHub says of every issue of a repository that has none. */
const noIssues = ({ repository }: AskedOfRepository): Answer | undefined =>
  repository.hasIssues ? undefined : refuse(410, "Issues has been disabled in this repository.");

export const commentRoutes: Routes = {
  "issues/create-comment": {
    needs: ["pull_requests", "write"],
    or: "issues",
    ofRepository: (asked) => {
      const { world, repository, path, body } = asked;
      const number = Number(path["issue_number"]);
      const on = [...repository.pulls, ...repository.issues].find((candidate) => candidate.number === number);
      if (on === undefined) return notFound();
      const text = textOf(body, "body");
      if (text.length > LONGEST_BODY)
        return invalid("IssueComment", "body", "body is too long (maximum is 65536 characters)");
      return ok(
        issueCommentShape(world, repository, commentOn(world, repository, on, text, askingAccount(asked))),
        201,
      );
    },
  },
  "issues/list-comments": {
    needs: ["pull_requests", "read"],
    or: "issues",
    ofRepository: (asked) => {
      const { world, repository, path } = asked;
      const chosen = repository.comments.filter((comment) => comment.number === Number(path["issue_number"]));
      return page(
        asked,
        chosen.map((comment) => issueCommentShape(world, repository, comment)),
      );
    },
  },
  // Of all that a timeline holds, only changes of the base branch.
  "issues/list-events-for-timeline": {
    needs: ["pull_requests", "read"],
    or: "issues",
    ofRepository: (asked) => {
      const { world, repository, path } = asked;
      const pull = repository.pulls.find(({ number }) => number === Number(path["issue_number"]));
      if (pull === undefined) return notFound();
      return page(
        asked,
        pull.baseChanges.map((change) => baseChangeShape(world, repository, change)),
      );
    },
  },
  "issues/create": {
    needs: ["issues", "write"],
    ofRepository: (asked) => {
      const { world, repository, body } = asked;
      const none = noIssues(asked);
      if (none !== undefined) return none;
      const issue = openIssue(world, repository, askingAccount(asked), textOf(body, "title"), textOf(body, "body"));
      return ok(plainIssueShape(world, repository, issue), 201);
    },
  },
  "issues/list-for-repo": {
    needs: ["issues", "read"],
    ofRepository: (asked) => {
      const { world, repository, query } = asked;
      const none = noIssues(asked);
      if (none !== undefined) return none;
      const chosen = repository.issues.filter(
        ({ user, updatedAt }) =>
          (query["creator"] === undefined || user.login === query["creator"]) &&
          (query["since"] === undefined || Date.parse(updatedAt) >= Date.parse(String(query["since"]))),
      );
      return page(
        asked,
        chosen.map((issue) => plainIssueShape(world, repository, issue)),
      );
    },
  },
  "issues/get": {
    needs: ["issues", "read"],
    ofRepository: ({ world, repository, path }) => {
      const issue = repository.issues.find(({ number }) => number === Number(path["issue_number"]));
      return issue === undefined ? notFound() : ok(plainIssueShape(world, repository, issue));
    },
  },
  "issues/update": {
    needs: ["issues", "write"],
    ofRepository: (asked) => {
      const { world, repository, path, body } = asked;
      const none = noIssues(asked);
      if (none !== undefined) return none;
      const issue = repository.issues.find(({ number }) => number === Number(path["issue_number"]));
      if (issue === undefined) return notFound();
      if (body["state"] === "open" || body["state"] === "closed") issue.state = body["state"];
      if (body["body"] !== undefined) issue.body = textOf(body, "body");
      issue.updatedAt = timestamp(world.now());
      return ok(plainIssueShape(world, repository, issue));
    },
  },
  "issues/update-comment": {
    needs: ["pull_requests", "write"],
    ofRepository: (asked) => {
      const comment = findComment(asked);
      if (comment === undefined) return notFound();
      comment.body = textOf(asked.body, "body");
      return ok(issueCommentShape(asked.world, asked.repository, comment));
    },
  },
  "reactions/create-for-issue-comment": {
    needs: ["pull_requests", "write"],
    ofRepository: (asked) => {
      const { world } = asked;
      const comment = findComment(asked);
      if (comment === undefined) return notFound();
      const by = askingAccount(asked);
      const content = textOf(asked.body, "content");
      const known = comment.reactions.find((one) => one.by === by && one.content === content);
      const reaction = known ?? { id: nextId(world), by, content, createdAt: timestamp(world.now()) };
      if (known === undefined) comment.reactions.push(reaction);
      const { id, createdAt } = reaction;
      const body = { id, node_id: nodeId("REA", id), user: accountShape(world, by), content, created_at: createdAt };
      return ok(body, known === undefined ? 201 : 200);
    },
  },
};
