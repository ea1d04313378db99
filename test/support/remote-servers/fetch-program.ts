// Fetches one file in a process of its own, and prints what came of it, and which libraries were loaded for it.
import { createRequire } from "node:module";
import { createRemotes } from "../../../src/remote/create-remotes.ts";
import { jobOptions } from "./job.ts";

const [directory = "", url = "", ...allow] = process.argv.slice(2);
const outcome = await createRemotes(jobOptions(directory, allow)).fetch(
  url.startsWith("{") ? JSON.parse(url) : { kind: "file", url },
);
const loaded = Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes("/undici/"));
console.log(JSON.stringify({ outcome, loaded }));
