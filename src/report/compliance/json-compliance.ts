import type { Compliance } from "../../model/compliance.ts";

/** A roll-up as JSON: one entry for each control and environment, with the fingerprints of its findings. */
export function jsonCompliance({ now, manifests, problems, results }: Compliance): string {
  const controls = results.map(({ framework, control, environment, status, policies, findings }) => ({
    framework: framework.id,
    version: framework.version,
    environment: environment ?? null,
    control: control.id,
    title: control.title,
    status,
    policies,
    findings: findings.map(({ policy, message, location, fingerprint, waiver }) => ({
      policy,
      message,
      path: location.path,
      line: location.line,
      fingerprint,
      ...(waiver === undefined ? {} : { waiver }),
    })),
  }));
  return `${JSON.stringify({ version: 1, now, manifests, problems, controls }, null, 2)}\n`;
}
