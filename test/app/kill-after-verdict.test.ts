import { testKilledAt } from "./killed-at.ts";

testKilledAt(["verdict recorded", "annotated", "concluded", "comments claimed", "review posted", "finished"]);
