import { oneLine, RemoteFailure, shown } from "../failure.ts";
import { readUrl } from "../http/judge-url.ts";
import type { NamedHosts } from "../http/named-hosts.ts";
import type { Job } from "../job.ts";

/** Where a repository is. */
export type Address =
  | {
      readonly kind: "http";
      readonly url: URL;
      /** For messages. */
      readonly shown: string;
    }
  | {
      readonly kind: "ssh";
      /** As Git is given it: a URL or scp-like. */
      readonly url: string;
      /** Stands for its host where that is judged. */
      readonly host: URL;
      readonly shown: string;
    };

/** Reads the address of a repository that may be spoken to, or of what stands in for it. */
export function readAddress(text: string, job: Job): Address {
  const written = text.trim();
  if (/[\p{C}\p{Z}]/u.test(written)) throw new RemoteFailure("refused", `${oneLine(text)} is no URL of a repository`);
  const ssh = readSsh(written);
  const mirrored = job.mirrored(ssh?.standard ?? written);
  if (ssh !== undefined && mirrored === ssh.standard) return sshAddress(ssh);
  const standIn = ssh === undefined && mirrored === written ? undefined : readSsh(mirrored);
  return standIn === undefined ? httpAddress(mirrored, job.named) : sshAddress(standIn);
}

/** Whether the host of a repository is one that a configuration names. */
export function isNamedRepository(url: string, named: NamedHosts): boolean {
  const ssh = readSsh(url);
  if (ssh !== undefined) return named.has(hostOf(ssh));
  return URL.canParse(url) && named.has(new URL(url));
}

/** Whether two repositories are on the same host, however they are reached. */
export function isSameHost(a: string, b: string): boolean {
  const [hostOfA, hostOfB] = [a, b].map((url) => readSsh(url)?.host ?? (URL.canParse(url) ? new URL(url).host : ""));
  return hostOfA !== "" && hostOfA === hostOfB;
}

interface Ssh {
  readonly text: string;
  /** As a URL, for the lookup of what stands in for it. */
  readonly standard: string;
  readonly host: string;
}

const sshUrl = /^ssh:\/\/(?:([\w][\w.+-]*)@)?([a-z\d][a-z\d._-]*|\[[\da-f:.]+\])(?::(\d{1,5}))?\/([^-].*)$/i;
// Two colons would make Git run a program: `ext::sh -c …`. One letter before the colon is a drive.
const scpLike = /^(?:([\w][\w.+-]*)@)?([a-z\d][a-z\d._-]+|\[[\da-f:.]+\]):([^:/-].*|\/[^/].*)$/i;

function readSsh(text: string): Ssh | undefined {
  const url = sshUrl.exec(text);
  if (url !== null) return { text, standard: text, host: (url[2] ?? "").toLowerCase() };
  const scp = text.includes("://") ? null : scpLike.exec(text);
  if (scp === null) return undefined;
  const [, user, host = "", path = ""] = scp;
  const standard = `ssh://${user === undefined ? "" : `${user}@`}${host}/${path.replace(/^\//, "")}`;
  return { text, standard, host: host.toLowerCase() };
}

function hostOf({ host }: Ssh): URL {
  return new URL(`https://${host}`);
}

function sshAddress(ssh: Ssh): Address {
  if (!URL.canParse(`https://${ssh.host}`)) {
    throw new RemoteFailure("refused", `${oneLine(ssh.text)} is no URL of a repository`);
  }
  return { kind: "ssh", url: ssh.text, host: hostOf(ssh), shown: oneLine(ssh.standard.replace(/\/\/.*@/, "//")) };
}

function httpAddress(text: string, named: NamedHosts): Address {
  if (!/^https?:\/\//i.test(text)) {
    throw new RemoteFailure("refused", `${safely(text)} is a repository that is reached neither by HTTPS nor by SSH`);
  }
  // Some hosts write a user into each URL that they show. Only with a password it is a credential.
  const url = readUrl(text.replace(/^(https?:\/\/)[^/@:]*:?@/i, "$1"), named);
  if (url.search !== "") {
    throw new RemoteFailure(
      "refused",
      `${shown(url)} is written with a query, which the URL of a repository cannot have`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, "");
  return { kind: "http", url, shown: shown(url) };
}

/** Without what may be a password. */
function safely(text: string): string {
  return oneLine(text.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, "$1"));
}
