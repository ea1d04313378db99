import { RemoteFailure, shown } from "../failure.ts";
import type { NamedHosts } from "./named-hosts.ts";

/** Reads a URL that may be asked for: HTTPS, or plain HTTP to a host that is named for it, without credentials. */
export function readUrl(text: string, named: NamedHosts, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new RemoteFailure("refused", "its URL cannot be read");
  const url = new URL(text, base?.href);
  if (url.username !== "" || url.password !== "") {
    throw new RemoteFailure("refused", `${shown(url)} is written with credentials in it, which are never used`);
  }
  const isPlain = url.protocol === "http:" && named.has(url);
  if (url.protocol !== "https:" && !isPlain) {
    throw new RemoteFailure("refused", `${shown(url)} is not HTTPS`);
  }
  url.hash = "";
  return url;
}
