// Writes to a store until it is killed. For test/remote/store.test.ts only.
import { randomBytes } from "node:crypto";
import { openStore } from "../../../src/remote/store/store.ts";

const store = openStore(process.argv[2] ?? "", 50_000_000);
process.send?.("started");
for (let at = 0; ; at++) {
  const digest = await store.blobs.put(randomBytes(1_000_000));
  await store.answers.put(`question ${at % 5}`, { version: `${at}`, digest });
}
