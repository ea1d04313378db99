import { App, Octokit } from "octokit";
import { readDeliveries, readHookConfiguration, readInstallations, readRegistration, redeliver } from "./app-calls.ts";

const CALLS = { readDeliveries, readHookConfiguration, readInstallations, readRegistration, redeliver };

type Bound<F> = F extends (octokit: Octokit, ...rest: infer A) => infer R ? (...rest: A) => R : never;

/** Every call of GitHub's API that is made in the name of the App itself, without octokit as first parameter. */
export type AppClient = { readonly [N in keyof typeof CALLS]: Bound<(typeof CALLS)[N]> };

type Call = (octokit: Octokit, ...rest: never[]) => unknown;

/** The calls made with an octokit client that signs as the App. They reject with octokit's errors. */
export function appClient(octokit: Octokit): AppClient {
  const bound = Object.entries(CALLS).map(([name, call]) => [name, (call as Call).bind(undefined, octokit)]);
  return Object.fromEntries(bound) as AppClient;
}

/** Creates an octokit client that signs as the App, and neither waits nor retries. */
export function appOctokit(options: {
  readonly appId: number;
  readonly privateKey: string;
  readonly apiUrl: string;
  readonly fetch: typeof globalThis.fetch;
}): Octokit {
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const Client = Octokit.defaults({
    baseUrl: options.apiUrl,
    userAgent: "portcullis",
    throttle: { enabled: false },
    retry: { enabled: false },
    request: { fetch: options.fetch, log },
    log,
  });
  return new App({ appId: options.appId, privateKey: options.privateKey, Octokit: Client, log }).octokit;
}

function silent(): void {}
