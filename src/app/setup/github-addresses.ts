/** The addresses of one GitHub. */
export interface GitHubAddresses {
  /** The page that takes a manifest. */
  readonly register: string;
  /** The root of the REST API. */
  readonly api: string;
}

/** The addresses of the GitHub whose pages are at `url`, for an App of an organisation or of the user's own. */
export function githubAddresses(url: string, organisation: string | undefined): GitHubAddresses {
  const { protocol, host, origin } = new URL(url);
  const owner = organisation === undefined ? "" : `/organizations/${encodeURIComponent(organisation)}`;
  // GitHub Enterprise Server has its API below its pages, github.com and GHE.com beside them.
  const beside = host === "github.com" || host.endsWith(".ghe.com");
  return {
    register: `${origin}${owner}/settings/apps/new`,
    api: beside ? `${protocol}//api.${host}` : `${origin}/api/v3`,
  };
}
