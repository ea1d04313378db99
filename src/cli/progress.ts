const PATIENCE_MS = 700;
const SILENCE_MS = 1500;
const INTERVAL_MS = 100;

/** A progress line on stderr, shown only on a terminal and only if the work takes long. */
export interface Progress {
  (done: number, total: number): void;
  /** Removes the line, so that something else can be written; it comes back if the work goes on. */
  clear(): void;
  end(): void;
}

/** Creates a progress line: `first` until something is counted, then how much of all is `counted`, such as "judged". */
export function progressLine(
  stream: Pick<NodeJS.WriteStream, "isTTY" | "write">,
  first: string,
  counted = "done",
): Progress {
  const start = performance.now();
  let last = 0;
  let shown = false;
  const show = (text: string): void => {
    shown = true;
    stream.write(`\r\u001b[K${text}`);
  };
  const tell = (done: number, total: number): void => {
    if (!stream.isTTY) return;
    const now = performance.now();
    if (now - start < PATIENCE_MS || now - last < INTERVAL_MS) return;
    last = now;
    show(`${counted} ${done} of ${total} files`);
  };
  const clear = (): void => {
    if (shown) stream.write("\r\u001b[K");
    shown = false;
  };
  // What comes before the first is counted, compiling and rendering, may itself take long.
  const silence = setInterval(() => {
    if (stream.isTTY && !shown) show(first);
  }, SILENCE_MS);
  silence.unref();
  const end = (): void => {
    clearInterval(silence);
    clear();
  };
  return Object.assign(tell, { clear, end });
}
