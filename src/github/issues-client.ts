import type { Octokit } from "octokit";
import type { Place } from "./pulls.ts";
import type { ShownAccount } from "./proposals.ts";

/** What the App does with issues of a repository. Rejects with octokit's errors. */
export interface IssuesClient {
  /** The number of the issue whose text holds `mark`, opened by this App since a time (ISO 8601); undefined if there is none. */
  findIssue(
    place: Place,
    by: { readonly app: string; readonly mark: string; readonly since: string },
  ): Promise<number | undefined>;
  openIssue(place: Place, title: string, body: string): Promise<number>;
  /** The number of the newest issue with this very title that this App opened, open or closed. */
  findOwn(place: Place, by: { readonly app: string; readonly title: string }): Promise<number | undefined>;
  /** Changes the text of an issue, where there is one to set, and whether it is open. */
  edit(
    place: Place,
    issue: number,
    change: { readonly state: "open" | "closed"; readonly body?: string },
  ): Promise<void>;
  isClosed(place: Place, issue: number): Promise<boolean>;
  readComments(place: Place, issue: number): Promise<readonly { readonly by?: ShownAccount; readonly body: string }[]>;
  /** Opens a closed issue again and says why. */
  reopen(place: Place, issue: number, why: string): Promise<void>;
}

/** The calls made with an octokit client whose token has `issues: write`. */
export function issuesClient(octokit: Octokit): IssuesClient {
  const { issues } = octokit.rest;
  return {
    async findIssue(place, { app, mark, since }) {
      const found = await octokit.paginate(issues.listForRepo, {
        ...place,
        creator: app,
        state: "all",
        since,
        per_page: 100,
      });
      return found.find(({ body }) => body?.includes(mark))?.number;
    },
    openIssue: async (place, title, body) => (await issues.create({ ...place, title, body })).data.number,
    async findOwn(place, { app, title }) {
      const own = await octokit.paginate(issues.listForRepo, { ...place, creator: app, state: "all", per_page: 100 });
      return own.find((one) => one.title === title && one.pull_request === undefined)?.number;
    },
    edit: async (place, issue, change) => void (await issues.update({ ...place, issue_number: issue, ...change })),
    isClosed: async (place, issue) => (await issues.get({ ...place, issue_number: issue })).data.state === "closed",
    async readComments(place, issue) {
      const comments = await octokit.paginate(issues.listComments, { ...place, issue_number: issue, per_page: 100 });
      return comments.map(({ user, body }) => ({
        body: body ?? "",
        ...(user ? { by: { id: user.id, login: user.login, type: user.type } } : {}),
      }));
    },
    async reopen(place, issue, why) {
      await issues.update({ ...place, issue_number: issue, state: "open" });
      await issues.createComment({ ...place, issue_number: issue, body: why });
    },
  };
}
