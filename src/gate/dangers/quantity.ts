const decimal: { readonly [suffix: string]: number } = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};

/** The number of a Kubernetes quantity (`500m`, `1Gi`, 2); undefined for anything else. */
export function quantity(value: unknown): number | undefined {
  const [, digits, suffix] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]?|[KMGTPE]i)$/.exec(String(value)) ?? [];
  if (digits === undefined || suffix === undefined) return undefined;
  if (suffix.endsWith("i")) return Number(digits) * 1024 ** ("KMGTPE".indexOf(suffix.slice(0, 1)) + 1);
  const factor = decimal[suffix];
  return factor === undefined ? undefined : Number(digits) * factor;
}
