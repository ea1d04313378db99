import { spawn } from "node:child_process";
import type { Credential } from "./credential.ts";

const patience = 30_000;
const mostBytes = 1_000_000;

/** Asks a credential helper, the program `docker-credential-NAME`, for a registry; one that fails knows nothing. */
export async function askHelper(
  name: string,
  registry: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credential | undefined> {
  // It is looked for on the path, and nowhere else.
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const said = await run(`docker-credential-${name}`, registry, environment);
  try {
    const { Username, Secret } = JSON.parse(said) as { readonly Username?: unknown; readonly Secret?: unknown };
    if (typeof Username !== "string" || typeof Secret !== "string" || Secret === "") return undefined;
    return Username === "<token>" ? { identityToken: Secret } : { username: Username, password: Secret };
  } catch {
    return undefined;
  }
}

function run(program: string, registry: string, environment: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patience);
    const helper = spawn(program, ["get"], { env: environment, stdio: ["pipe", "pipe", "ignore"], signal });
    let said = "";
    helper.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (said.length < mostBytes) said += text;
    });
    helper.on("error", () => resolve(""));
    helper.on("close", (code) => resolve(code === 0 ? said : ""));
    // One that does not read its input is no reason to fail.
    helper.stdin.on("error", () => {});
    helper.stdin.end(registry);
  });
}
