/** JSON text with exact integers for `bigint`; otherwise as JSON.stringify writes it, without undefined fields. */
export function toExactJson(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(toExactJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${toExactJson(field)}`).join(",")}}`;
}
