// The thread of a builtin relay: owns a toolchain and answers its connections, one call after the other.
import { parentPort, workerData } from "node:worker_threads";
import type { RelayAnswer, RelayConnection, RelayRequest } from "./builtin-relay.ts";
import { createToolchain, type ToolchainOptions } from "./toolchain.ts";

const toolchain = createToolchain(workerData as ToolchainOptions);

parentPort?.on("message", ({ port, answered }: RelayConnection) => {
  port.on("message", ({ id, request }: RelayRequest) => {
    void toolchain.builtin(request).then((outcome) => {
      port.postMessage({ id, outcome } satisfies RelayAnswer);
      Atomics.store(answered, 0, id);
      Atomics.notify(answered, 0);
    });
  });
});
