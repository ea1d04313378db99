import { once } from "node:events";
import { createLog } from "../app/log.ts";
import { startServer } from "../app/server.ts";
import { readSettings } from "../app/settings.ts";
import { readCredentials } from "../engine/server-remotes.ts";
import { StateDirectoryBusy } from "../store/lock.ts";

/**
 * Runs the server until it is signalled to stop. Returns the exit code: 0 after an orderly stop, 2 if it cannot start.
 */
export async function serveCommand(): Promise<number> {
  const reading = readSettings(process.env);
  if (reading.kind === "refused") {
    const reasons = reading.reasons.map((reason) => `  - ${reason}`).join("\n");
    process.stderr.write(
      `portcullis serve cannot start:\n${reasons}\n\nRegister a GitHub App with the permissions in app.yml and set these variables: see docs/install.md,\nor run \`portcullis serve --help\` for all settings. To try the gate without a GitHub App, run npm run demo.\n`,
    );
    return 2;
  }
  const { settings } = reading;
  const log = createLog(settings.logLevel, [
    ...settings.webhookSecrets,
    ...(settings.databaseUrl ? [settings.databaseUrl] : []),
  ]);
  // First, so that the log describes the error and nobody else prints it with what a library attached to it.
  process.prependListener("uncaughtException", (error) => {
    log.fatal({ err: error }, "unexpected error");
    process.exit(2);
  });
  try {
    // Wrong credentials are told now, not with the first pull request.
    if (settings.credentialsPath !== undefined) await readCredentials(settings.credentialsPath);
    const server = await startServer(settings, { log, extraAuthorities: process.env["NODE_EXTRA_CA_CERTS"] });
    // Before the log tells anybody that a signal may be sent.
    process.on("SIGUSR2", () => {
      server.reconcile().catch((error: unknown) => log.error({ err: error }, "a comparison could not be scheduled"));
    });
    const signalled = Promise.race(
      ["SIGTERM", "SIGINT"].map(async (name) => {
        await once(process, name);
        return name;
      }),
    );
    log.info(
      { url: server.url, state: settings.stateDir, database: settings.databaseUrl ? "server" : "embedded" },
      "serving",
    );
    const signal = await signalled;
    log.info({ signal }, "draining");
    await server.stop();
    log.info("stopped");
    return 0;
  } catch (error) {
    if (!(error instanceof StateDirectoryBusy)) log.fatal({ err: error }, "could not start");
    process.stderr.write(`portcullis serve cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}
