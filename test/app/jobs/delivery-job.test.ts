import { expect, test } from "@jest/globals";
import { handleDelivery } from "../../../src/app/jobs/delivery-job.ts";
import { fakeServices } from "../../support/fakes/app.ts";
import { askedOf, type Calls } from "../../support/fakes/fake.ts";
import { httpError, rejectWith } from "../../support/fakes/github-errors.ts";

async function handled(attempts: number, error: Error): Promise<Calls> {
  const { services, calls } = fakeServices({
    store: { findUnhandledDelivery: async () => ({ guid: "g", event: "push", payload: "{}", attempts }) },
  });
  await handleDelivery(services, rejectWith(error), "g");
  return calls;
}

test.each<[string, number, Error, readonly unknown[]]>([
  ["a first failure pauses for 5 s", 0, new Error("a bug"), ["g", 1, 5]],
  ["a failure of GitHub counts", 3, httpError(502), ["g", 4, 40]],
  ["a pause is an hour at most", 10, new Error("a bug"), ["g", 11, 3_600]],
])("%s", async (_, attempts, error, expected) => {
  const calls = await handled(attempts, error);
  expect(askedOf(calls, "postponeDelivery")).toEqual([expected]);
  expect(askedOf(calls, "send")).toEqual([["delivery", { guid: "g" }, expected[2]]]);
  expect(askedOf(calls, "markDeliveryHandled")).toEqual([]);
});

test("the twelfth failure is the last", async () => {
  const calls = await handled(11, new Error("a bug"));
  expect(askedOf(calls, "abandonDelivery")).toEqual([["g", { attempts: 12, cause: "Error: a bug" }]]);
  expect(askedOf(calls, "postponeDelivery")).toEqual([]);
  expect(askedOf(calls, "send")).toEqual([]);
});
