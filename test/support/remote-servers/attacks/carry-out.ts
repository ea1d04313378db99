// Carries out one attack's plan in a process of its own, and prints what came of it. For bench/attacks.ts only.
import { readFile } from "node:fs/promises";
import { carryOut, type Plan } from "./attack.ts";

const [planPath = "", directory = "", limits = "{}"] = process.argv.slice(2);
const plan = JSON.parse(await readFile(planPath, "utf8")) as Plan;
const started = performance.now();
const results = await carryOut(plan, directory, JSON.parse(limits));
const milliseconds = performance.now() - started;
// That of getrusage begins with the memory of the process that started this one.
const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile("/proc/self/status", "utf8")) ?? [];
console.log(JSON.stringify({ results, milliseconds, kilobytes: Number(kilobytes) }));
