import { testKilledAt, testKilledWhileTidying } from "./killed-at.ts";

testKilledAt([
  "verdict recorded",
  "annotated",
  "concluded",
  "comments tidied",
  "comments claimed",
  "review posted",
  "finished",
]);
testKilledWhileTidying(["comment deleted", "comments tidied"]);
