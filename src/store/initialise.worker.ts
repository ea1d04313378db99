// The program of the process that initialises the embedded database in the directory of its argument.
import { PGlite } from "@electric-sql/pglite";
import { embeddedOptions } from "./embedded-options.ts";

const [, , directory] = process.argv;
if (directory === undefined) throw new Error("no directory was given");
const database = await PGlite.create(directory, embeddedOptions);
await database.close();
// PGlite leaves handles behind that keep a process alive.
process.exit(0);
