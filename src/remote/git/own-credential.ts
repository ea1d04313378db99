import { spawn } from "node:child_process";
import { homedir } from "node:os";
import type { Credential } from "../credentials/credential.ts";

const milliseconds = 30_000;

/** What the credential helpers of the person's own Git have for a URL. Nobody is asked. */
export async function ownCredential(url: URL): Promise<Credential | undefined> {
  const said = await fill(
    `protocol=${url.protocol.replace(":", "")}\nhost=${url.host}\npath=${url.pathname.replace(/^\//, "")}\n\n`,
  );
  const valueOf = (name: string): string | undefined => new RegExp(`^${name}=(.+)$`, "m").exec(said)?.[1];
  const [username, password] = [valueOf("username"), valueOf("password")];
  return username === undefined || password === undefined ? undefined : { username, password };
}

function fill(input: string): Promise<string> {
  const { GIT_DIR: _directory, GIT_WORK_TREE: _workTree, ...own } = process.env;
  return new Promise((resolve) => {
    // Not where this process is: a repository there could name a helper.
    const child = spawn("git", ["credential", "fill"], {
      cwd: homedir(),
      stdio: ["pipe", "pipe", "ignore"],
      windowsHide: true,
      timeout: milliseconds,
      env: {
        ...own,
        LC_ALL: "C",
        GIT_TERMINAL_PROMPT: "0",
        GIT_ASKPASS: "",
        SSH_ASKPASS: "",
        GCM_INTERACTIVE: "never",
      },
    });
    let said = "";
    child.stdin.on("error", () => {}).end(input);
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.once("error", () => resolve(""));
    child.once("close", (code) => resolve(code === 0 ? said : ""));
  });
}
