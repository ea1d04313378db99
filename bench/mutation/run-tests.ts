import { spawn } from "node:child_process";
import { join } from "node:path";

/** How a run of tests ended. `timeout`: it was ended because it took longer than it may. */
export type Outcome =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly output: string; readonly first: string }
  | { readonly kind: "timeout" };

/** Runs test files one after another and stops at the first that fails. */
export function runTests(root: string, tests: readonly string[], limitSeconds: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const jest = join(root, "node_modules/jest/bin/jest.js");
    const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];
    const child = spawn(
      process.execPath,
      [...flags, jest, "-i", "--bail", "--rootDir", root, "--runTestsByPath", ...tests],
      {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
        // A group of its own, so that what the tests start ends with them.
        detached: true,
      },
    );
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, limitSeconds * 1000);
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    };
    process.once("exit", end);
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(timer);
      process.off("exit", end);
      if (late) resolve({ kind: "timeout" });
      else if (status === 0) resolve({ kind: "passed" });
      else {
        const output = Buffer.concat(chunks).toString();
        // Jest itself failed, of which no mutant is the cause.
        if (/^Test Suites: /m.test(output)) resolve(failed(output));
        else reject(new Error(output));
      }
    });
  });
}

function failed(output: string): Outcome {
  return { kind: "failed", output, first: /^ *● (.*)$/m.exec(output)?.[1] ?? "a test file that does not load" };
}
