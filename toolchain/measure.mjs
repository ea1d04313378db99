// Prints what the toolchain costs on this machine, over the benchmark's policies. Needs a built tree (`npm run build`).
//   node toolchain/measure.mjs
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (path) => pathToFileURL(join(root, "dist/src", path)).href;
const policies = join(root, "bench/policies");
const modules = readdirSync(policies)
  .filter((name) => name.endsWith(".rego"))
  .map((path) => ({ path, text: readFileSync(join(policies, path), "utf8"), regoVersion: "v1" }));
const changed = (i) => ({ modules: [...modules, { path: "more.rego", text: `package more\n\nx := ${i}\n`, regoVersion: "v1" }] });

const [task, cacheDir] = process.argv.slice(2);
if (task === "tiers") await tiers(cacheDir);
else if (task === "client") await client(cacheDir);
else parent();

function parent() {
  const scratch = mkdtempSync(join(tmpdir(), "portcullis-measure-"));
  const run = (flags, ...args) => {
    const { stdout, status } = spawnSync(process.execPath, [...flags, fileURLToPath(import.meta.url), ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    if (status !== 0) throw new Error(`${args[0]} failed`);
    return stdout.trim();
  };
  console.log("empty cache:    ", run([], "client", scratch));
  console.log("unpacked:       ", run([], "client", scratch));
  console.log("--liftoff-only: ", run(["--liftoff-only"], "tiers", scratch));
  console.log("default tiers:  ", run([], "tiers", scratch));
  rmSync(scratch, { recursive: true });
}

async function client(directory) {
  const start = performance.now();
  const { createToolchain } = await import(at("rego/toolchain/toolchain.js"));
  const loaded = performance.now();
  const toolchain = createToolchain({ cacheDir: directory });
  const times = [];
  const timed = async (label, request) => {
    const from = performance.now();
    const outcome = await toolchain.compile(request);
    if (outcome.kind !== "answer" || outcome.answer.errors.length > 0) throw new Error(JSON.stringify(outcome));
    times.push(`${label} ${(performance.now() - from).toFixed(1)}`);
  };
  await timed("first compile", changed(Math.random()));
  await timed("second", changed(Math.random()));
  await timed("third", changed(Math.random()));
  const known = changed(0);
  await timed("compile", known);
  await timed("hit in memory", known);
  const status = process.platform === "linux" ? readFileSync(`/proc/${toolchain.pid()}/status`, "utf8") : "";
  toolchain.close();
  const other = createToolchain({ cacheDir: directory });
  const from = performance.now();
  await other.compile(known);
  times.push(`hit on disk ${(performance.now() - from).toFixed(1)}`);
  console.log(`import ${(loaded - start).toFixed(1)} ms, ${times.join(", ")} ms; process ${/VmHWM:\s*(\d+)/.exec(status)?.[1] / 1024 | 0} MiB`);
}

async function tiers(directory) {
  const { createReactor } = await import(at("wasm/reactor.js"));
  const { encodeFrame } = await import(at("wasm/frame.js"));
  const modulesDirectory = join(directory, "modules");
  const [file] = readdirSync(modulesDirectory);
  const start = performance.now();
  const reactor = createReactor(readFileSync(join(modulesDirectory, file)), { prefix: "portcullis", memoryLimitMiB: 1024 });
  const times = [`ready ${(performance.now() - start).toFixed(0)}`];
  for (let i = 0; i < 4; i++) {
    const from = performance.now();
    reactor.call(encodeFrame(JSON.stringify({ operation: "compile", request: changed(i) })));
    times.push(`compile ${(performance.now() - from).toFixed(0)}`);
  }
  console.log(`${times.join(", ")} ms; ${process.memoryUsage().rss >> 20} MiB, of it the module's memory ${reactor.memoryBytes() >> 20}`);
}
