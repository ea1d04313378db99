/** The items of `before` without a partner in `after`. Each pass pairs items that its key calls equal, every item at most once. */
export function unpaired<Item>(
  before: readonly Item[],
  after: readonly Item[],
  passes: readonly ((item: Item) => string)[],
): readonly Item[] {
  let [left, others] = [before, after];
  for (const keyOf of passes) {
    if (left.length === 0 || others.length === 0) break;
    const open = new Map<string, Item[]>();
    for (const item of others) open.set(keyOf(item), [...(open.get(keyOf(item)) ?? []), item]);
    left = left.filter((item) => open.get(keyOf(item))?.shift() === undefined);
    others = [...open.values()].flat();
  }
  return left;
}
