import type { RemoteLimits } from "../limits.ts";

const inherited = [
  "HOME",
  "USER",
  "LOGNAME",
  "USERPROFILE",
  "HOMEDRIVE",
  "HOMEPATH",
  "LOCALAPPDATA",
  "PROGRAMDATA",
  "TEMP",
  "TMP",
  "TMPDIR",
  "SSH_AUTH_SOCK",
  "GIT_SSH",
  "GIT_SSH_VARIANT",
];

/**
 * With which Git may speak SSH, as the person does: with their keys, their agent, and what their configuration says about
 * hosts and whom to believe. Nobody is asked anything. It is their configuration as well that may turn a name into another
 * host, so that what was judged is only what the name means without it.
 */
export function sshNetwork(
  { silence }: RemoteLimits,
  environment: NodeJS.ProcessEnv = process.env,
): { readonly [name: string]: string } {
  const seconds = Math.max(1, Math.ceil(silence / 1_000));
  const program = environment["GIT_SSH_COMMAND"] || (environment["GIT_SSH"] ? undefined : "ssh");
  const options = `-o BatchMode=yes -o ConnectTimeout=${seconds} -o ServerAliveInterval=${seconds} -o ServerAliveCountMax=1`;
  return {
    ...Object.fromEntries(
      inherited.flatMap((name) => {
        const value = environment[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    GIT_ALLOW_PROTOCOL: "ssh",
    ...(program === undefined ? {} : { GIT_SSH_COMMAND: `${program} ${options}` }),
    SSH_ASKPASS_REQUIRE: "never",
  };
}
