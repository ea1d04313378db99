import { spawn } from "node:child_process";
import { basename, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { createFetch } from "../github/clients.ts";
import { isPublicUrl } from "../app/settings.ts";
import { convertCode, setSecret, type RegisteredApp } from "../app/setup/convert-code.ts";
import {
  refuseFiles,
  settingsText,
  shellQuoted,
  writePrivate,
  type CredentialFiles,
} from "../app/setup/credential-files.ts";
import { githubAddresses } from "../app/setup/github-addresses.ts";
import { receiveCode, type CodeReceiver, type Received } from "../app/setup/receive-code.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis setup`. */
export interface SetupOptions {
  readonly url?: string;
  readonly org?: string;
  readonly githubUrl: string;
  readonly name?: string;
  readonly file: string;
  readonly port: string;
  readonly open: boolean;
  readonly force?: boolean;
  readonly timeout: string;
}

/** Runs `portcullis setup`: registers the GitHub App and writes its credentials to files. Returns the exit code. */
export async function setupCommand(options: SetupOptions): Promise<number> {
  const { publicUrl, port, minutes, githubUrl } = readOptions(options);
  const files = filesOf(options.file);
  const force = options.force === true;
  const refused = await refuseFiles(files, force);
  if (refused !== undefined) return fail(refused);
  const { register, api } = githubAddresses(githubUrl, options.org);
  const name = options.name ?? (options.org === undefined ? "portcullis" : `portcullis-${options.org}`);
  const http = createFetch();
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((done) => (end = done));
  let busy: Promise<Received> | undefined;

  const onCode = (code: string): Promise<Received> => {
    busy ??= convert(code).finally(() => (busy = undefined));
    return busy;
  };
  const convert = async (code: string): Promise<Received> => {
    const converted = await convertCode(http.fetch, api, code);
    if (converted.kind === "failed") {
      print(`Not registered: ${converted.reason}. Open the address above to try again.`);
      return converted;
    }
    const { app } = converted;
    end(await keep(app, { files, force, api, publicUrl, fetch: http.fetch }));
    return { kind: "registered", name: app.name };
  };

  let receiver: CodeReceiver;
  try {
    receiver = await receiveCode({ register, name, publicUrl, port, onCode });
  } catch (error) {
    await http.close();
    return fail(`port ${port} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
  const timer = setTimeout(
    () => end(fail(`nothing came back from GitHub within ${minutes} minutes`)),
    minutes * 60_000,
  );
  const interrupt = (): void => {
    // GitHub gives the private key once: what has begun is finished.
    if (busy === undefined) end(fail("interrupted; nothing was registered"));
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const pasted = createInterface({ input: process.stdin, terminal: false });
  pasted.on("line", (line) => {
    const text = line.trim();
    if (text !== "" && !receiver.paste(text))
      print("That is neither the address that the browser was sent back to nor its code.");
  });
  tellWhereToGo(receiver.url, options);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    pasted.close();
    process.stdin.destroy();
    await busy?.catch(() => undefined);
    await receiver.close();
    await http.close();
  }
}

function readOptions(options: SetupOptions): {
  readonly publicUrl: string;
  readonly githubUrl: string;
  readonly port: number;
  readonly minutes: number;
} {
  const publicUrl = (options.url ?? process.env["PUBLIC_URL"] ?? "").replace(/\/+$/, "");
  if (publicUrl === "")
    throw new UsageError(
      "--url is missing: where GitHub will reach the server, such as https://portcullis.example.com",
    );
  if (!isPublicUrl(publicUrl))
    throw new UsageError(`--url ${publicUrl}: expected an address such as https://portcullis.example.com`);
  if (!isPublicUrl(options.githubUrl))
    throw new UsageError(`--github-url ${options.githubUrl}: expected an address such as https://github.example.com`);
  if (options.org !== undefined && !/^[\w-]+$/.test(options.org))
    throw new UsageError(`--org ${options.org}: expected the name of an organisation`);
  return {
    publicUrl,
    githubUrl: options.githubUrl,
    port: integer("--port", options.port, 0, 65_535),
    minutes: integer("--timeout", options.timeout, 1, 60),
  };
}

function integer(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${name} must be a whole number from ${least} to ${most}`);
}

function filesOf(envFile: string): CredentialFiles {
  const settings = resolve(envFile);
  return { settings, key: join(dirname(settings), `${basename(settings).replace(/\.env$/, "")}.pem`) };
}

function tellWhereToGo(url: string, { open }: SetupOptions): void {
  const remote = process.env["SSH_CONNECTION"];
  const { port } = new URL(url);
  print(`Open this address in a browser and follow it to GitHub:\n\n  ${url}\n`);
  if (remote !== undefined) {
    const host = remote.split(" ")[2] ?? "THIS-HOST";
    print(
      `This is a remote machine: first run this on your own, and keep it running.\n\n  ssh -N -L ${port}:127.0.0.1:${port} ${host}\n`,
    );
  }
  print("If the browser cannot come back here, paste the address that it was sent to. Ctrl-C gives up.");
  if (open && remote === undefined && process.stdout.isTTY) openBrowser(url);
}

function openBrowser(url: string): void {
  const { platform, env } = process;
  if (platform === "linux" && env["DISPLAY"] === undefined && env["WAYLAND_DISPLAY"] === undefined) return;
  const [command = "", ...before] =
    platform === "darwin"
      ? ["open"]
      : platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler"]
        : ["xdg-open"];
  // Whether it works is seen in the browser; the address is on the screen.
  spawn(command, [...before, url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

/** Writes the credentials of a new App, and tells what comes next. Returns the exit code. */
async function keep(
  app: RegisteredApp,
  {
    files,
    force,
    api,
    publicUrl,
    fetch,
  }: {
    readonly files: CredentialFiles;
    readonly force: boolean;
    readonly api: string;
    readonly publicUrl: string;
    readonly fetch: typeof globalThis.fetch;
  },
): Promise<number> {
  const settings = {
    APP_ID: String(app.id),
    PRIVATE_KEY_PATH: files.key,
    WEBHOOK_SECRET: app.webhookSecret,
    PUBLIC_URL: publicUrl,
    ...(api === "https://api.github.com" ? {} : { GITHUB_API_URL: api }),
  };
  try {
    await writePrivate(files.key, app.privateKey, force);
    await writePrivate(files.settings, settingsText(settings), force);
  } catch (error) {
    return fail(
      `${app.name} is registered (App ID ${app.id}), but its credentials could not be written: ${error instanceof Error ? error.message : String(error)}. Delete the App at ${app.page} and run setup again, or generate another key there.`,
    );
  }
  const unset = app.isOwnSecret ? await setSecret(fetch, api, app) : undefined;
  const command = process.env["npm_command"] === "exec" ? "npx --no-install portcullis" : "portcullis";
  print(
    [
      `${app.name} is registered: App ID ${app.id}.`,
      `Written, for your eyes only: ${files.settings} and ${files.key}`,
      "",
      "Next (docs/install.md, step 2):",
      ...(unset === undefined
        ? []
        : [`  - set the webhook's secret at ${app.page} to WEBHOOK_SECRET of that file: ${unset}`]),
      `  1. Load the settings:      set -a; . ${shellQuoted(files.settings)}; set +a`,
      `  2. Start the server:       ${command} serve`,
      `  3. Install the App:        ${app.page}/installations/new`,
      "  4. Enroll a repository:    merge a portcullis.yaml into its default branch, and require the check",
      `  5. Examine all of it:      ${command} doctor (in another terminal: load the settings there too)`,
    ].join("\n"),
  );
  return unset === undefined ? 0 : 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(reason: string): 2 {
  process.stderr.write(`portcullis setup: ${reason}\n`);
  return 2;
}
