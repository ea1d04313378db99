import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { RemoteFailure } from "../failure.ts";
import { isPublicAddress } from "./addresses.ts";
import { bare, type NamedHosts } from "./named-hosts.ts";

interface Address {
  readonly address: string;
  readonly family: number;
}

/** Milliseconds that a machine behind a proxy gets to find a name. */
const patience = 2_000;

/** Turns a host's name into addresses, each name once. */
export type Resolver = (host: string) => Promise<readonly Address[]>;

/** Finds the addresses of names. What was judged is what is connected to: no name is asked for twice. */
export interface Names {
  /** Fails if the host of a URL is not public, and not named either. */
  judge(url: URL): Promise<void>;
  /** For a socket. */
  readonly lookup: LookupFunction;
}

/** Whether names of hosts are found by a proxy, which may know others than this machine. */
interface NamesOptions {
  readonly named: NamedHosts;
  readonly byProxy: boolean;
  readonly resolve?: Resolver;
}

/** Creates the names of one job. */
export function createNames({ named, byProxy, resolve = systemResolver }: NamesOptions): Names {
  const known = new Map<string, Promise<readonly Address[]>>();
  const addressesOf = (host: string): Promise<readonly Address[]> => {
    const found = known.get(host) ?? resolve(host);
    known.set(host, found);
    // The next try asks anew.
    found.catch(() => known.delete(host));
    return found;
  };
  return {
    judge: async (url) => {
      if (named.has(url)) return;
      const host = bare(url.hostname);
      const addresses = byProxy ? await orNone(addressesOf(host)) : await addressesOf(host);
      refuseOthers(url.host, host, addresses);
    },
    lookup: (host, options, callback) => {
      addressesOf(host)
        .then((all) => {
          // Judged before, unless that was left to a proxy which then does not stand in between.
          if (!named.hasName(host)) refuseOthers(host, host, all);
          const fitting = all.filter(({ family }) => !options.family || family === options.family);
          const [first] = fitting;
          if (first === undefined) callback(new Error(`${host} has no address`), "", 0);
          else if (options.all === true) callback(null, [...fitting]);
          else callback(null, first.address, first.family);
        })
        .catch((error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), "", 0));
    },
  };
}

function refuseOthers(shownHost: string, host: string, addresses: readonly Address[]): void {
  const refused = addresses.find(({ address }) => !isPublicAddress(address));
  if (refused === undefined) return;
  const which = refused.address === host ? "" : `, ${refused.address}`;
  throw new RemoteFailure(
    "refused",
    `${shownHost} is not a public address${which}: remotes.allow can permit it by its host, for the App PRIVATE_HOSTS`,
  );
}

/** Behind a proxy a machine may not find names itself, and may take long to notice. */
async function orNone(addresses: Promise<readonly Address[]>): Promise<readonly Address[]> {
  const none = new Promise<readonly Address[]>((resolve) => setTimeout(resolve, patience, []).unref());
  return Promise.race([addresses.catch(() => []), none]);
}

async function systemResolver(host: string): Promise<readonly Address[]> {
  return lookup(host, { all: true });
}
