import { once } from "node:events";

/** Prints a part of what is long to stdout, and waits until more can be written. */
export async function printPart(text: string): Promise<void> {
  if (text !== "" && !process.stdout.write(text)) await once(process.stdout, "drain");
}
