import { markup, type Markup } from "./markup.ts";
import { breakable } from "./links.ts";
import type { ShownReport } from "./report-page.ts";
import { leftOut, section, table } from "./section.ts";

/** Environments × policies. */
export function matrixPart({ matrix, matrixPolicies }: ShownReport): Markup | undefined {
  if (matrix.total === 0) return undefined;
  const heads = ["environment", ...matrixPolicies.map((policy) => markup`<code>${breakable(policy)}</code>`)];
  const rows = matrix.items.map(({ environments, cells }) => {
    const shown = cells.map((cell) => markup`<td>${cell}</td>`);
    return markup`<tr><th scope="row">${environments.join(", ")}</th>${shown}</tr>
`;
  });
  const caption = "Findings by policy and environment; existing findings are after a plus.";
  return section({
    id: "environments",
    heading: "Environments",
    total: matrix.total,
    body: [table("Findings by environment and policy", heads, rows, caption), ...leftOut(matrix, "row")],
  });
}
