/** Times between frames, and the most rows that were in the page at once. */
export interface Frames {
  frames: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  max_ms: number;
  rows: number;
}

declare global {
  interface Window {
    bench: Probe;
  }
}

/** What a page knows of itself while it is measured. */
export interface Probe {
  /** When the log's last line was first painted after the page was asked for, in milliseconds from there. */
  first: Promise<number>;
  /** When it is painted from now on, by the clock of the page. */
  shown(): Promise<number>;
  /** Takes the times of frames from here on. */
  record(): void;
  /** What was taken. */
  recorded(): Frames;
  /** Moves the scroll position from end to end, some times, as somebody does who drags the bar. */
  drag(selector: string, lengthMs: number): Promise<Frames>;
  /** Elements in the page, and bytes that the program's memory has. */
  size(): { elements: number; wasm: number };
}

/** Runs in the page before anything of its own does; holds nothing of this module, which does not go with it. */
export function probe(lines: number): void {
  const last = `.log__row[data-seq="${lines}"]:not(.is-waiting):not(.is-failed)`;
  const frame = () => new Promise<number>((next) => requestAnimationFrame(next));
  let memory: WebAssembly.Memory | undefined;

  // The program's memory is nobody else's to see: it is noted when the program is made.
  const noted = (made: unknown) => {
    const instance = (made as { instance?: WebAssembly.Instance }).instance ?? (made as WebAssembly.Instance);
    const exported = instance.exports.memory;
    if (exported instanceof WebAssembly.Memory) memory = exported;
    return made;
  };
  const makers = WebAssembly as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const make = makers[name];
    if (make) makers[name] = async (...given) => noted(await make(...given));
  }

  // Each recording has a number of its own, so that one that is over takes no more.
  let turn = 0;
  let deltas: number[] = [];
  let rows = 0;

  const record = async () => {
    const mine = (turn += 1);
    deltas = [];
    rows = 0;
    let before = await frame();
    for (;;) {
      const now = await frame();
      if (mine !== turn) return;
      deltas.push(now - before);
      before = now;
      // Counting takes time too.
      if (deltas.length % 10 === 0) rows = Math.max(rows, document.querySelectorAll('.log__row').length);
    }
  };

  const recorded = () => {
    turn += 1;
    const sorted = [...deltas].sort((one, other) => one - other);
    const at = (percent: number) => sorted[Math.min(Math.floor((sorted.length * percent) / 100), sorted.length - 1)] ?? Number.NaN;
    return { frames: sorted.length, p50_ms: at(50), p95_ms: at(95), p99_ms: at(99), max_ms: at(100), rows };
  };

  const shown = async () => {
    while (!document.querySelector(last)) await frame();
    // It is in the page; the next frame comes after it was painted.
    await frame();
    return performance.now();
  };

  window.bench = {
    first: shown(),
    shown,
    record: () => void record(),
    recorded,
    drag: async (selector, lengthMs) => {
      const list = document.querySelector(selector);
      if (!list) throw new Error(`${selector} is not in the page`);
      void record();
      const began = performance.now();
      for (let passed = 0; passed < lengthMs; passed = performance.now() - began) {
        // From the end to the beginning and back, twice.
        const share = Math.abs(((passed / lengthMs) * 4) % 2 - 1);
        list.scrollTop = share * (list.scrollHeight - list.clientHeight);
        await frame();
      }
      return recorded();
    },
    size: () => ({ elements: document.querySelectorAll('*').length, wasm: memory?.buffer.byteLength ?? 0 }),
  };
}
