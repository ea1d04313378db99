import { randomBytes } from "node:crypto";
import type { Account, Installation, InstallationToken, Permission, Repository, World } from "./state.ts";
import type { Json, JsonObject } from "./json.ts";

export interface Answer {
  readonly status: number;
  readonly body?: Json;
  /** What is sent in place of `body` where JavaScript cannot write it: numbers that are too large. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Who asks: nobody, the App by its JWT, an installation by its token, a person. */
export type Actor =
  | { readonly kind: "anonymous" }
  | { readonly kind: "app" }
  | { readonly kind: "installation"; readonly token: InstallationToken }
  | { readonly kind: "person"; readonly account: Account };

export interface Asked {
  readonly world: World;
  readonly actor: Actor;
  readonly path: Readonly<Record<string, string | number>>;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body: JsonObject;
  readonly accept: string;
  /** The address without its query, for Link headers. */
  readonly url: string;
}

export interface AskedOfRepository extends Asked {
  readonly repository: Repository;
}

/** Below `/repos/{owner}/{repo}`: the repository is found and access is checked before `answer` runs. */
interface RepositoryRoute {
  readonly needs: readonly [permission: string, access: Permission];
  /** A permission in whose place the other does as well. */
  readonly or?: string;
  readonly ofRepository: (asked: AskedOfRepository) => Promise<Answer> | Answer;
}

interface PlainRoute {
  /** Who may ask. */
  readonly by: readonly Actor["kind"][];
  readonly plain: (asked: Asked) => Promise<Answer> | Answer;
}

export type Route = RepositoryRoute | PlainRoute;
export type Routes = Readonly<Record<string, Route>>;

const DOCS = "https://docs.github.com/rest";

export const ok = (body: Json, status = 200, headers?: Readonly<Record<string, string>>): Answer => ({
  status,
  body,
  ...(headers && { headers }),
});

export const refuse = (status: number, message: string, more: JsonObject = {}): Answer => ({
  status,
  body: { message, ...more, documentation_url: DOCS, status: String(status) },
});

export const notFound = (): Answer => refuse(404, "Not Found");

/** GitHub's 422 with a reason of its own. */
export const invalid = (resource: string, field: string, message: string): Answer =>
  refuse(422, "Validation Failed", { errors: [{ resource, code: "custom", field, message }] });

/** One page of a list with GitHub's Link header. */
export function page(
  asked: Asked,
  all: readonly Json[],
  wrap: (items: readonly Json[]) => Json = (items) => items,
): Answer {
  const size = Math.min(100, Number(asked.query["per_page"] ?? 30));
  const current = Math.max(1, Number(asked.query["page"] ?? 1));
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (number: number, relation: string): string => {
    const query = new URLSearchParams(
      Object.entries(asked.query).map(([key, value]): [string, string] => [key, String(value)]),
    );
    query.set("page", String(number));
    return `<${asked.url}?${query.toString()}>; rel="${relation}"`;
  };
  const links = [
    ...(current > 1 ? [link(current - 1, "prev"), link(1, "first")] : []),
    ...(current < last ? [link(current + 1, "next"), link(last, "last")] : []),
  ];
  const items = all.slice((current - 1) * size, current * size);
  return ok(wrap(items), 200, links.length > 0 ? { link: links.join(", ") } : undefined);
}

export function reaches(installation: Installation, repository: Repository): boolean {
  return (
    installation.account === repository.owner &&
    !installation.suspended &&
    (installation.repositories === undefined || installation.repositories.has(repository.id))
  );
}

export const installationOf = (world: World, repository: Repository): Installation | undefined =>
  world.installations.find((installation) => reaches(installation, repository));

/** A text of a request's body, which the description has already checked. */
export function textOf(body: JsonObject, key: string): string {
  const value = body[key];
  return typeof value === "string" ? value : "";
}

/** The id of a request, as GitHub's support asks for it. */
export const requestId = (): string =>
  randomBytes(16)
    .toString("hex")
    .toUpperCase()
    .replace(/^(.{4})(.{6})/, "$1:$2:");
