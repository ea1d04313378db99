const PATIENCE_MS = 700;
const INTERVAL_MS = 100;

/** A progress line on stderr, shown only on a terminal and only if the work takes long. */
export interface Progress {
  (done: number, total: number): void;
  end(): void;
}

/** Creates a progress line that starts with `verb`. */
export function progressLine(stream: NodeJS.WriteStream, verb: string): Progress {
  const start = performance.now();
  let last = 0;
  let shown = false;
  const tell = (done: number, total: number): void => {
    if (!stream.isTTY) return;
    const now = performance.now();
    if (now - start < PATIENCE_MS || now - last < INTERVAL_MS) return;
    last = now;
    shown = true;
    stream.write(`\r\u001b[K${verb} ${done} of ${total} files`);
  };
  return Object.assign(tell, {
    end: () => {
      if (shown) stream.write("\r\u001b[K");
      shown = false;
    },
  });
}
