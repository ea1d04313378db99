import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { maxBytes } from "./max-bytes.ts";
import { startGit } from "./run-git.ts";

interface Waiting {
  readonly id: string;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** A long-lived `git cat-file --batch`, started when it is first needed. It answers in order. */
export class ObjectReader {
  readonly #directory: string;
  readonly #objects: { readonly [name: string]: string };
  #child: ChildProcessWithoutNullStreams | undefined;
  #waiting: Waiting[] = [];
  #next = 0;
  #header = "";
  #body: Uint8Array | undefined;
  #filled = 0;
  #unwanted = 0;
  #unsent = "";
  #stderr = "";
  #isDamaged = false;
  readonly #rest: number | undefined;
  #resting: NodeJS.Timeout | undefined;

  /**
   * With `rest` nothing needs to close it: it keeps no process alive while nothing is asked, and ends its `git` after so
   * many milliseconds of that.
   */
  constructor(directory: string, objects: { readonly [name: string]: string } = {}, rest?: number) {
    this.#directory = directory;
    this.#objects = objects;
    this.#rest = rest;
  }

  /** Whether an object that was asked for is missing or cannot be read: this clone is not whole. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** The content of an object, by its full id. Rejects if this clone lacks it. */
  read(id: string): Promise<Uint8Array> {
    if (!/^[0-9a-f]{40,64}$/.test(id)) return Promise.reject(new Error(`${id} is no object id`));
    return new Promise((resolve, reject) => {
      if (this.#rest !== undefined && this.#waiting.length === 0) this.#wake();
      this.#waiting.push({ id, resolve, reject });
      // What is asked for at once is sent at once: a write to a pipe takes longer than a small object.
      if (this.#unsent === "") process.nextTick(() => this.#send());
      this.#unsent += `${id}\n`;
    });
  }

  #send(): void {
    const ids = this.#unsent;
    this.#unsent = "";
    if (ids !== "") (this.#child ??= this.#start()).stdin.write(ids);
  }

  async close(): Promise<void> {
    this.#send();
    const child = this.#child;
    if (child === undefined) return;
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.stdin.end();
    await closed;
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = startGit(this.#directory, ["cat-file", "--batch"], { objects: this.#objects });
    child.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    child.stderr.on("data", (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString("utf8")).slice(-2000)));
    child.stdin.on("error", () => {});
    child.once("error", (error) => this.#fail(error));
    child.once("close", () => {
      if (this.#child !== child) return;
      this.#fail(new Error(`git cat-file ended: ${this.#stderr.trim() || "no reason given"}`));
    });
    return child;
  }

  #take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#unwanted > 0) {
        const dropped = Math.min(this.#unwanted, chunk.length - at);
        this.#unwanted -= dropped;
        at += dropped;
      } else if (this.#body === undefined) {
        const end = chunk.indexOf(10, at);
        this.#header += chunk.toString("latin1", at, end === -1 ? chunk.length : end);
        if (end === -1) return;
        at = end + 1;
        this.#open(this.#header);
        this.#header = "";
      } else if (this.#filled < this.#body.length) {
        const piece = chunk.subarray(at, at + this.#body.length - this.#filled);
        this.#body.set(piece, this.#filled);
        this.#filled += piece.length;
        at += piece.length;
      } else {
        // The line feed after every body.
        at += 1;
        this.#answer().resolve(this.#body);
        this.#body = undefined;
      }
    }
  }

  #open(header: string): void {
    const size = /^[0-9a-f]+ (?:blob|commit|tree|tag) (\d+)$/.exec(header)?.[1];
    if (size === undefined) {
      const { id, reject } = this.#answer();
      this.#isDamaged = true;
      reject(new Error(`object ${id} is missing from this clone`));
      return;
    }
    if (Number(size) > maxBytes) {
      this.#answer().reject(new Error(`it has ${size} bytes; at most ${maxBytes} are read`));
      this.#unwanted = Number(size) + 1;
      return;
    }
    this.#body = new Uint8Array(Number(size));
    this.#filled = 0;
  }

  #wake(): void {
    clearTimeout(this.#resting);
    for (const handle of handlesOf(this.#child)) handle.ref?.();
  }

  #sleep(milliseconds: number): void {
    for (const handle of handlesOf(this.#child)) handle.unref?.();
    this.#resting = setTimeout(() => {
      const child = this.#child;
      this.#child = undefined;
      child?.stdin.end();
    }, milliseconds).unref();
  }

  #answer(): Waiting {
    const waiting = this.#waiting[this.#next];
    if (waiting === undefined) throw new Error("git cat-file answered a question that was not asked");
    this.#next += 1;
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
      if (this.#rest !== undefined) this.#sleep(this.#rest);
    }
    return waiting;
  }

  #fail(error: Error): void {
    const left = this.#waiting.slice(this.#next);
    this.#waiting = [];
    this.#next = 0;
    this.#header = "";
    this.#body = undefined;
    this.#unwanted = 0;
    this.#child = undefined;
    this.#isDamaged ||= left.length > 0;
    for (const { reject } of left) reject(error);
  }
}

interface Handle {
  readonly ref?: () => void;
  readonly unref?: () => void;
}

/** What of a program keeps this process alive; its streams are sockets, though their types do not say so. */
function handlesOf(child: ChildProcessWithoutNullStreams | undefined): readonly Handle[] {
  return child === undefined ? [] : [child, child.stdin as Handle, child.stdout as Handle, child.stderr as Handle];
}
