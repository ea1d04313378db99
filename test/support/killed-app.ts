// The App in a process of its own that ends itself, as by `kill -9`, at the checkpoint it is told. For tests of killed processes only.
import { createLog } from "../../src/app/log.ts";
import { startServer, type ServerOptions } from "../../src/app/server.ts";
import type { Settings } from "../../src/app/settings.ts";
import { noonOf, nothingLeft, QUERY_PAUSE } from "./app.ts";
import { until } from "./until.ts";

let last: string | undefined;

const server = await startServer(JSON.parse(process.env["TEST_SETTINGS"] ?? "") as Settings, {
  log: createLog("warn", []),
  now: noonOf(new Date()),
  ...(JSON.parse(process.env["TEST_OPTIONS"] ?? "{}") as Pick<ServerOptions, "leaseSeconds" | "sweepSeconds">),
  checkpoint: (checkpoint) => {
    if (checkpoint === last) process.kill(process.pid, "SIGKILL");
  },
});
// Armed only once older work is done: killed in the midst of that, it would never hear of what the test waits for.
process.on("message", ({ armed, disarm }: { readonly armed?: string; readonly disarm?: true }) => {
  if (disarm) {
    last = undefined;
    return;
  }
  void until(() => nothingLeft(server), "older work to be done", QUERY_PAUSE).then(() => {
    last = armed;
    process.send?.({ idle: true });
  });
});
process.send?.({ url: server.url });
