import type { Report } from "../../src/model/report.ts";
import { portcullis, type Ran } from "./run-portcullis.ts";

export const POLICY = `package main

deny contains sprintf("%s uses latest", [c.name]) if {
	some c in input.spec.containers
	endswith(c.image, ":latest")
}
`;
export const BAD =
  "apiVersion: v1\nkind: Pod\nmetadata: { name: evil }\nspec: { containers: [{ name: a, image: x:latest }] }\n";
const NOW = "2026-01-01T00:00:00Z";
export const base = { "policy/tag.rego": POLICY, "m/evil.yaml": BAD };

/** Runs check for its report. */
export async function report(
  cwd: string,
  ...args: readonly string[]
): Promise<{ readonly ran: Ran; readonly report: Report }> {
  const ran = await portcullis(cwd, ["check", "-o", "json", "--now", NOW, ...args]);
  try {
    return { ran, report: JSON.parse(ran.out) as Report };
  } catch {
    throw new Error(`no report, exit code ${ran.code}: ${ran.err}`);
  }
}

/** Problems as `stage path:line message`. */
export function problemsOf({ problems }: Report): readonly string[] {
  return problems.map(({ stage, path = "", line, message }) => `${stage} ${path}:${line ?? ""} ${message}`);
}

export const messages = ({ findings }: Report): readonly string[] => findings.map(({ message }) => message);

/** Nine lists of nine, nine times over. */
export function aliasBomb(): string {
  const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (let code = 98; code < 107; code += 1) {
    const [name, before] = [String.fromCharCode(code), String.fromCharCode(code - 1)];
    lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}

/** Fifty mappings that each merge the one before fifty times. */
export function mergeBomb(): string {
  const lines = [`x0: &m0 { ${Array.from({ length: 50 }, (_, i) => `k${i}: v`).join(", ")} }`];
  for (let i = 1; i < 50; i += 1) {
    lines.push(`x${i}: &m${i}`, `  <<: [${Array.from({ length: 50 }, () => `*m${i - 1}`).join(", ")}]`, `  y${i}: z`);
  }
  return `${lines.join("\n")}\n`;
}
