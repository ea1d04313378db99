// Runs Git for the simulator, in a small process of its own: to start a process, the system copies the page tables of the
// one that starts it, which takes ten times as long in a test that holds a database and judges. For run.ts only.
import { spawn } from "node:child_process";
import type { GitRequest, GitReply } from "./run.ts";

process.on("message", ({ id, args, environment, input }: GitRequest) => {
  const child = spawn("git", args, { env: environment });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  const reply = (outcome: Omit<GitReply, "id">): void => {
    if (process.connected) process.send?.({ id, ...outcome } satisfies GitReply);
  };
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.on("error", ({ message }) => reply({ failure: message }));
  child.on("close", (code) => {
    reply({ output: { code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err) } });
  });
  child.stdin.on("error", () => undefined).end(input);
});
