/** An account of GitHub. The id stays when it is renamed. */
export interface Account {
  readonly id: number;
  readonly login: string;
  /** `User` for people; GitHub has others for bots, organisations and accounts that are gone. */
  readonly type: string;
}

/** Somebody who had a part in a commit. */
export interface Contributor {
  readonly role: "author" | "committer" | "co-author";
  readonly name: string;
  readonly email: string;
  /** The account that GitHub knows by the address; absent: it knows none. */
  readonly account?: Account;
}

/** A commit of a pull request. */
export interface ProposedCommit {
  readonly sha: string;
  readonly contributors: readonly Contributor[];
}

/** The co-authors that the trailers of a commit message name. */
export function coAuthorsIn(message: string): readonly Omit<Contributor, "account">[] {
  return [...message.matchAll(/^[ \t]*co-authored-by[ \t]*:[ \t]*(.*?)[ \t]*<([^<>\s]+)>[ \t]*$/gim)].map(
    ([, name = "", email = ""]) => ({ role: "co-author", name, email }),
  );
}

/** The account in an address that GitHub gives people in place of their own: `1234+login@users.noreply.github.com`. */
function accountInAddress(email: string): { readonly id?: number; readonly login: string } | undefined {
  const [, id, login] = /^(?:(\d+)\+)?([^@+]+)@users\.noreply\.[^@]+$/i.exec(email) ?? [];
  if (login === undefined) return undefined;
  return { login, ...(id === undefined ? {} : { id: Number(id) }) };
}

/** Whether a contributor is this account, as far as GitHub and the commit tell. */
export function isSame({ account, email, name }: Contributor, other: Account): boolean {
  if (account !== undefined) return account.id === other.id;
  const written = accountInAddress(email);
  if (written?.id !== undefined) return written.id === other.id;
  const login = other.login.toLowerCase();
  return written?.login.toLowerCase() === login || name.toLowerCase() === login;
}

/** Whether GitHub and the commit tell whose account a contributor has. */
export function isKnown({ account, email }: Contributor): boolean {
  return account !== undefined || accountInAddress(email) !== undefined;
}
