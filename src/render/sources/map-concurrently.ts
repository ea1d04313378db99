/** Concurrent calls: enough to keep renderers busy, few enough to keep memory flat. */
const atOnce = 8;

/** Calls `work` for each item, eight at a time. Results are in the order of the items; the first rejection rejects all. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return results;
}
