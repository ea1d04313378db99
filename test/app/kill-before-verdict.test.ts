import { testKilledAt } from "./killed-at.ts";

testKilledAt(["leased", "target read", "run intended", "run created", "fetched", "judged"]);
