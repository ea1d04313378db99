import { expect, test } from "@jest/globals";
import { runCommandJob } from "../../../src/app/jobs/command-job.ts";
import { HeldBack } from "../../../src/github/failure.ts";
import type { Subject } from "../../../src/store/work.ts";
import { fakeServices, place, pullSubject, type Answers } from "../../support/fakes/app.ts";
import { askedOf, type Calls } from "../../support/fakes/fake.ts";
import { httpError, rejectWith } from "../../support/fakes/github-errors.ts";

type Command = Extract<Subject, { readonly kind: "command" }>;

const asked = (over: Partial<Command> = {}): Command => ({
  kind: "command",
  command: "recheck",
  installation: 1,
  repository: pullSubject.repository,
  number: 3,
  comment: 21,
  by: "ann",
  ...over,
});

async function run(subject: Command, github: Answers["github"]): Promise<Calls> {
  const { services, calls } = fakeServices({ github: { mayWrite: async () => true, ...github } });
  expect(await runCommandJob(services, { subject })).toEqual({ kind: "closed" });
  return calls;
}

const { by: _, ...nobody } = asked();

test.each<[string, Command, boolean, string, boolean]>([
  ["of somebody who may write is carried out", asked(), true, "+1", true],
  ["of somebody who may not write is refused", asked(), false, "-1", false],
  ["of a bot or a deleted account is refused", nobody, true, "-1", false],
  ["that does not exist is not understood", asked({ command: "unknown" }), true, "confused", false],
])("a command %s", async (_, subject, mayWrite, reaction, enqueued) => {
  const calls = await run(subject, { mayWrite: async () => mayWrite });
  expect(askedOf(calls, "react")).toEqual([[place, 21, reaction]]);
  expect(askedOf(calls, "enqueueWork")).toEqual(enqueued ? [[pullSubject, true, true]] : []);
  const asks = subject.command === "recheck" && subject.by !== undefined;
  expect(askedOf(calls, "mayWrite")).toEqual(asks ? [[place, "ann"]] : []);
});

test("an answer that GitHub refuses does not repeat the command; a bug is thrown on", async () => {
  const calls = await run(asked(), { react: rejectWith(new HeldBack(60)) });
  expect(askedOf(calls, "enqueueWork")).toHaveLength(1);
  await expect(run(asked(), { react: rejectWith(new Error("a bug")) })).rejects.toThrow("a bug");
});

test("a command whose author cannot be looked up is tried again", async () => {
  await expect(run(asked(), { mayWrite: rejectWith(httpError(502)) })).rejects.toThrow("502");
});
