/**
 * The keys in the name of a `--set` option, list items by number: `a.b\.c[0].d`. Undefined for a name
 * that sets several (`a={x,y}` sets one) or cannot be read.
 */
export function setKeys(name: string): readonly string[] | undefined {
  const keys: string[] = [];
  let key = "";
  for (let at = 0; at < name.length; at++) {
    const character = name[at];
    if (character === "\\") key += name[++at] ?? "";
    else if (character === ".") {
      if (key !== "") keys.push(key);
      key = "";
    } else if (character === "[") {
      const end = name.indexOf("]", at);
      const number = name.slice(at + 1, end);
      if (!/^\d+$/.test(number)) return undefined;
      if (key !== "") keys.push(key);
      keys.push(number);
      key = "";
      at = end;
    } else if (character === "," || character === "=") return undefined;
    else key += character;
  }
  if (key !== "") keys.push(key);
  return keys;
}
