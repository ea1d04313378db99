import type { Octokit } from "octokit";

/** What a permission allows, as GitHub names it. */
export type Level = "read" | "write" | "admin";

/** The App on an account. */
export interface Installation {
  readonly id: number;
  /** The login of the account; of an enterprise its slug. */
  readonly account: string;
  readonly suspended: boolean;
  readonly permissions: { readonly [name: string]: Level };
  readonly events: readonly string[];
}

/** A repository that an installation may act on. `id` survives renames and transfers. */
export interface ListedRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly archived: boolean;
  /** ISO 8601; absent before the first push. */
  readonly pushedAt?: string;
}

/** One attempt of GitHub to deliver a webhook. */
export interface HookDelivery {
  /** Too large for a number, so its digits. */
  readonly id: string;
  /** The same for every attempt. */
  readonly guid: string;
  readonly event: string;
  readonly action?: string;
  /** ISO 8601. */
  readonly deliveredAt: string;
  /** The status of the answer; GitHub puts one in its place where there was none. */
  readonly status: number;
}

/** The registration of the App, asked with its own key. */
export interface Registration {
  readonly slug: string;
  readonly owner: string;
  readonly permissions: { readonly [name: string]: Level };
  readonly events: readonly string[];
}

/** Reads the registration of the App. Rejects with the error of octokit, as all functions here do. */
export async function readRegistration(octokit: Octokit): Promise<Registration> {
  const { data } = await octokit.rest.apps.getAuthenticated();
  return {
    slug: data?.slug ?? "",
    owner: accountName(data?.owner),
    permissions: levels(data?.permissions ?? {}),
    events: data?.events ?? [],
  };
}

/** Reads all installations of the App, the suspended ones too. */
export async function readInstallations(octokit: Octokit): Promise<readonly Installation[]> {
  const installations = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
  return installations.map(installationOf);
}

/** Reads one installation of the App, and the address of the page where an owner of the account changes it. */
export async function readInstallation(
  octokit: Octokit,
  id: number,
): Promise<Installation & { readonly page: string }> {
  const { data } = await octokit.rest.apps.getInstallation({ installation_id: id });
  return { ...installationOf(data), page: data.html_url };
}

/** Reads all repositories that the installation may act on; `octokit` has a token of the installation. */
export async function readRepositories(octokit: Octokit): Promise<readonly ListedRepository[]> {
  const repositories = await octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: 100 });
  return repositories.map((repository) => ({
    id: repository.id,
    owner: repository.owner.login,
    name: repository.name,
    defaultBranch: repository.default_branch,
    archived: repository.archived,
    ...(repository.pushed_at ? { pushedAt: repository.pushed_at } : {}),
  }));
}

/**
 * Reads one page of the attempts to deliver webhooks to the App, newest first, and the cursor of the next page. GitHub
 * can select failed ones by their status, but those without an answer have none, so nothing is selected.
 */
export async function readDeliveries(
  octokit: Octokit,
  cursor?: string,
): Promise<{ readonly deliveries: readonly HookDelivery[]; readonly next?: string }> {
  const { data, headers } = await octokit.rest.apps.listWebhookDeliveries({
    per_page: 100,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const next = /<([^>]+)>;\s*rel="next"/.exec(headers.link ?? "")?.[1];
  const following = next === undefined ? null : new URL(next).searchParams.get("cursor");
  return {
    deliveries: data.map(({ id, guid, event, action, delivered_at: deliveredAt, status_code: status }) => ({
      id: String(id),
      guid,
      event,
      deliveredAt,
      status,
      ...(action === null ? {} : { action }),
    })),
    ...(following === null ? {} : { next: following }),
  };
}

/** Where and how GitHub delivers webhooks to the App. It does not tell whether deliveries are switched on. */
export interface HookConfiguration {
  /** Absent where none is set. */
  readonly url?: string;
  /** The form of the body: `json`, or `form`. */
  readonly contentType: string;
  /** Whether a secret is set; GitHub does not show it. */
  readonly signed: boolean;
  /** Whether GitHub checks the certificate of the server. */
  readonly checksCertificate: boolean;
}

/** Reads where GitHub delivers webhooks to. */
export async function readHookConfiguration(octokit: Octokit): Promise<HookConfiguration> {
  const { data } = await octokit.rest.apps.getWebhookConfigForApp();
  return {
    ...(data.url === undefined || data.url === "" ? {} : { url: data.url }),
    contentType: data.content_type ?? "form",
    signed: data.secret !== undefined && data.secret !== "",
    checksCertificate: String(data.insecure_ssl ?? "0") === "0",
  };
}

/** Has GitHub deliver a webhook again, under the same GUID. */
export async function redeliver(octokit: Octokit, id: string): Promise<void> {
  await octokit.request("POST /app/hook/deliveries/{delivery_id}/attempts", { delivery_id: id as unknown as number });
}

function installationOf(
  installation: Awaited<ReturnType<Octokit["rest"]["apps"]["getInstallation"]>>["data"],
): Installation {
  return {
    id: installation.id,
    account: accountName(installation.account),
    suspended: typeof installation.suspended_at === "string",
    permissions: levels(installation.permissions),
    events: installation.events,
  };
}

function accountName(account: object | null | undefined): string {
  if (account && "login" in account) return String(account.login);
  return account && "slug" in account ? String(account.slug) : "";
}

function levels(permissions: object): { readonly [name: string]: Level } {
  return Object.fromEntries(
    Object.entries(permissions).filter((entry): entry is [string, Level] => typeof entry[1] === "string"),
  );
}
