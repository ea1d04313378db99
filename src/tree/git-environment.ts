import { devNull } from "node:os";

/** A server that Git may speak to, and with what. */
export interface Remote {
  readonly url: string;
  readonly token: string;
  /** Extra certificates that Git trusts: a file in PEM form. */
  readonly authorities?: string;
}

/**
 * Nothing that a repository holds or the machine has configured may make Git run a program, ask a person, follow a redirect
 * with our token, or speak another protocol.
 */
export const settings = [
  "safe.directory=*",
  "core.fsmonitor=false",
  `core.hooksPath=${devNull}`,
  "core.pager=cat",
  "core.askPass=",
  "credential.helper=",
  "fetch.recurseSubmodules=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "merge.renormalize=false",
  "protocol.allow=never",
  "http.followRedirects=false",
  "http.lowSpeedLimit=1000",
  "http.lowSpeedTime=30",
].flatMap((setting) => ["-c", setting]);

const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

/** The whole environment of a `git`: nothing else is inherited. Without a remote it cannot use the network. */
export function gitEnvironment(remote?: Remote): { readonly [name: string]: string } {
  return {
    ...inherited(["PATH", "SYSTEMROOT"]),
    LC_ALL: "C",
    // Holds no `.netrc` and no configuration; without HOME, Git's HTTP client looks up the user's own directory.
    HOME: devNull,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_DEFAULT_REF_FORMAT: "files",
    // A missing object of a partial clone is a problem to report, not a reason to fetch.
    GIT_NO_LAZY_FETCH: "1",
    // A replacement object would show other content than the commit has.
    GIT_NO_REPLACE_OBJECTS: "1",
    ...(remote === undefined ? { GIT_ALLOW_PROTOCOL: "" } : network(remote)),
  };
}

/** The credential goes by environment: every user of the machine can read the arguments of a process. */
function network({ url, token, authorities }: Remote): { readonly [name: string]: string } {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  return {
    ...inherited(proxies),
    GIT_ALLOW_PROTOCOL: "https:http",
    GIT_CONFIG_COUNT: "1",
    // For the host of the URL alone.
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    ...(authorities === undefined ? {} : { GIT_SSL_CAINFO: authorities }),
  };
}

function inherited(names: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
