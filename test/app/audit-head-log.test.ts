import { expect, test } from "@jest/globals";
import { createAuditHeadLog } from "../../src/app/audit-head-log.ts";

test("the last row of the audit log is logged once, again when rows were added, and that it cannot be read", async () => {
  const heads = [undefined, { sequence: 1, hash: "a" }, { sequence: 1, hash: "a" }, { sequence: 2, hash: "b" }];
  const lines: unknown[] = [];
  const add = (...line: readonly unknown[]): void => void lines.push(line);
  const store = {
    readAuditHead: async () => {
      if (heads.length === 0) throw new Error("gone");
      return heads.shift();
    },
  };
  const logHead = createAuditHeadLog({ store, log: { info: add, error: add } });
  for (let n = 0; n < 5; n++) await logHead();
  expect(lines).toEqual([
    [{ audit: { sequence: 1, hash: "a" } }, "the last row of the audit log"],
    [{ audit: { sequence: 2, hash: "b" } }, "the last row of the audit log"],
    [{ err: new Error("gone") }, "the audit log could not be read"],
  ]);
});
