// One replica, in a process of its own: settings and options by environment, its address by message, SIGTERM drains.
import { createLog } from "../../src/app/log.ts";
import { startServer, type ServerOptions } from "../../src/app/server.ts";
import type { Settings } from "../../src/app/settings.ts";

const settings = JSON.parse(process.env["REPLICA_SETTINGS"] ?? "") as Settings;
const options = JSON.parse(process.env["REPLICA_OPTIONS"] ?? "{}") as Pick<
  ServerOptions,
  "leaseSeconds" | "sweepSeconds"
>;
const server = await startServer(settings, { log: createLog("info", settings.webhookSecrets), ...options });
process.on("SIGTERM", () => void server.stop(10_000).then(() => process.exit(0)));
// The bench that started it is gone.
process.on("disconnect", () => process.exit(1));
process.send?.({ url: server.url });
