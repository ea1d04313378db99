const PATIENCE_MS = 700;
const SILENCE_MS = 1500;
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
  // What comes before the first manifest is judged, compiling and rendering, may itself take long.
  const silence = setTimeout(() => {
    if (!stream.isTTY || shown) return;
    shown = true;
    stream.write("\r\u001b[Kreading and rendering");
  }, SILENCE_MS);
  silence.unref();
  return Object.assign(tell, {
    end: () => {
      clearTimeout(silence);
      if (shown) stream.write("\r\u001b[K");
      shown = false;
    },
  });
}
