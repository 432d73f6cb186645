// Shows PDF documents. Loaded when the first document is opened, never with the first visit.
// pdf.js reads and draws; this file keeps the pages, the zoom and what is prefetched.

const HOME = new URL("../vendor/pdfjs-5.6.205/", import.meta.url).href;
/** Documents kept parsed: the one on screen, the one before, the next two. */
const KEPT = 4;
/** CSS pixels per PDF point at 100 %. */
const FULL_SIZE = 96 / 72;
const STEPS = [0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];
/** Space left and right of a page, in CSS pixels. */
const MARGIN = 24;
/** Wider than this a fitted page only grows coarse letters. */
const FIT_MOST = 1100;
/** Canvas pixels one page may take; a poster at 400 % must not take the tab down. */
const PIXELS_MOST = 16_000_000;

let library;
let worker;
/** Document id to `{ id, opening, close }`, least recently used first. */
const kept = new Map();

async function pdfjs() {
  library ??= import(`${HOME}pdf.min.mjs`).then((lib) => {
    lib.GlobalWorkerOptions.workerSrc = `${HOME}pdf.worker.min.mjs`;
    worker = new lib.PDFWorker({ verbosity: 0 });
    return lib;
  });
  try {
    return await library;
  } catch (error) {
    library = undefined; // The next document tries again.
    throw error;
  }
}

class Refused extends Error {
  constructor(status, body) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

async function bytesOf(url, signal) {
  const answer = await fetch(url, { credentials: "same-origin", signal });
  if (!answer.ok) throw new Refused(answer.status, await answer.text());
  return new Uint8Array(await answer.arrayBuffer());
}

function open(id, url) {
  const known = kept.get(id);
  if (known) {
    kept.delete(id);
    kept.set(id, known);
    return known;
  }
  const stop = new AbortController();
  let task;
  const entry = { id, drawn: new Map() };
  entry.opening = (async () => {
    const [lib, data] = await Promise.all([pdfjs(), bytesOf(url, stop.signal)]);
    task = lib.getDocument({
      data,
      worker,
      verbosity: 0,
      isEvalSupported: false,
      enableXfa: false,
      // The same letters on every machine, from our own files.
      useSystemFonts: false,
      standardFontDataUrl: `${HOME}standard_fonts/`,
      wasmUrl: `${HOME}wasm/`,
    });
    const doc = await task.promise;
    const first = await doc.getPage(1);
    return { lib, doc, first };
  })();
  entry.close = () => {
    stop.abort();
    task?.destroy();
  };
  // A failed document is read again when it is asked for again.
  entry.opening.catch(() => {
    if (kept.get(id) === entry) kept.delete(id);
  });
  kept.set(id, entry);
  for (const [oldest, old] of kept) {
    if (kept.size <= KEPT) break;
    if (old.shown || old === entry) continue;
    kept.delete(oldest);
    old.close();
  }
  return entry;
}

/** Draws a page into a canvas of its own. */
function draw(page, scale) {
  const viewport = page.getViewport({ scale });
  const wanted = window.devicePixelRatio || 1;
  const density = Math.min(wanted, Math.sqrt(PIXELS_MOST / (viewport.width * viewport.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(viewport.width * density));
  canvas.height = Math.max(1, Math.floor(viewport.height * density));
  canvas.setAttribute("aria-hidden", "true"); // The text layer is what is read aloud.
  const task = page.render({
    canvas,
    viewport,
    transform: density === 1 ? null : [density, 0, 0, density, 0, 0],
  });
  return { canvas, task, viewport };
}

function fitScale(page, width) {
  const size = page.getViewport({ scale: 1 });
  return Math.max(0.1, Math.min(width - 2 * MARGIN, FIT_MOST) / size.width);
}

const keyOf = (scale) => `${scale.toFixed(4)} ${window.devicePixelRatio}`;

/** Reads a document and draws its first page at the width it will be shown in. */
export async function prefetch(id, url, width) {
  try {
    const entry = open(id, url);
    const { first } = await entry.opening;
    if (!(width > 0)) return;
    const scale = fitScale(first, width);
    if (entry.drawn.has(keyOf(scale))) return;
    entry.drawn.clear();
    const drawing = draw(first, scale);
    entry.drawn.set(keyOf(scale), drawing);
    await drawing.task.promise;
  } catch {
    // Told when the document is opened.
  }
}

/**
 * A viewer in `scroller`. `tell(kind, a, b, text)` says: `page` (number, count), `zoom` (percent, 1 when fitted),
 * `ready` (document id: its first page is painted), `refused` (HTTP status, 0, body), `offline`, `broken` (cannot be drawn).
 */
export function createViewer(scroller, tell) {
  return new Viewer(scroller, tell);
}

class Viewer {
  constructor(scroller, tell) {
    this.scroller = scroller;
    this.tell = tell;
    this.turn = 0;
    this.pages = [];
    this.fitted = true;
    this.scale = 1;
    this.width = scroller.clientWidth;
    this.onScroll = () => this.tellPage();
    scroller.addEventListener("scroll", this.onScroll, { passive: true });
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(scroller);
  }

  async show(id, url) {
    const turn = ++this.turn;
    this.id = id;
    try {
      const entry = open(id, url);
      const opened = await entry.opening;
      if (turn !== this.turn) return;
      if (this.entry) this.entry.shown = false;
      entry.shown = true;
      this.entry = entry;
      this.opened = opened;
      this.fitted = true;
      this.scale = fitScale(opened.first, this.scroller.clientWidth);
      this.lay();
      this.scroller.scrollTop = 0;
      this.scroller.scrollLeft = 0;
      this.tellZoom();
      this.tellPage(true);
      await this.fill(this.pages[0]);
      if (turn !== this.turn) return;
      // Two frames: the first brings the canvas into the page, by the second it is on the screen.
      requestAnimationFrame(() => requestAnimationFrame(() => turn === this.turn && this.tell("ready", 0, 0, id)));
    } catch (error) {
      if (turn !== this.turn || error?.name === "RenderingCancelledException") return;
      this.clear();
      if (error instanceof Refused) this.tell("refused", error.status, 0, error.body);
      // `fetch` and `import` answer a lost connection with a TypeError.
      else this.tell(error instanceof TypeError ? "offline" : "broken", 0, 0, String(error?.message ?? error));
    }
  }

  /** Empty: no document is chosen. */
  hide() {
    this.turn++;
    this.clear();
  }

  clear() {
    this.seen?.disconnect();
    for (const page of this.pages) page.render?.cancel();
    this.pages = [];
    this.scroller.replaceChildren();
    if (this.entry) this.entry.shown = false;
    this.entry = undefined;
    this.opened = undefined;
  }

  /** Places for all pages, each the size of the first until it is known better. */
  lay() {
    this.seen?.disconnect();
    for (const page of this.pages) page.render?.cancel();
    const { doc, first } = this.opened;
    const size = first.getViewport({ scale: 1 });
    this.pages = Array.from({ length: doc.numPages }, (_, index) => {
      const box = document.createElement("div");
      box.className = "pdf__page";
      box.dataset.page = String(index + 1);
      const page = { number: index + 1, box, width: size.width, height: size.height };
      this.size(page);
      return page;
    });
    this.scroller.replaceChildren(...this.pages.map((page) => page.box));
    this.seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const page = this.pages[Number(entry.target.dataset.page) - 1];
          if (!page) continue;
          page.near = entry.isIntersecting;
          if (page.near) this.fill(page).catch(() => {});
          else this.empty(page);
        }
      },
      { root: this.scroller, rootMargin: "900px 0px" },
    );
    for (const page of this.pages) this.seen.observe(page.box);
  }

  size(page) {
    page.box.style.setProperty("--page-w", `${page.width * this.scale}px`);
    page.box.style.setProperty("--page-h", `${page.height * this.scale}px`);
    page.box.style.setProperty("--total-scale-factor", String(this.scale));
  }

  async fill(page) {
    if (!page || page.scale === this.scale) return page?.filled;
    page.render?.cancel();
    const { scale, opened, entry } = this;
    page.scale = scale;
    page.filled = (async () => {
      const source = page.number === 1 ? opened.first : await opened.doc.getPage(page.number);
      if (page.scale !== scale || this.opened !== opened) return;
      const size = source.getViewport({ scale: 1 });
      if (size.width !== page.width || size.height !== page.height) {
        page.width = size.width;
        page.height = size.height;
        this.size(page);
      }
      const ready = page.number === 1 ? entry.drawn.get(keyOf(scale)) : undefined;
      entry.drawn.delete(keyOf(scale));
      const drawing = ready ?? draw(source, scale);
      page.render = drawing.task;
      await drawing.task.promise;
      if (page.scale !== scale || this.opened !== opened) return;
      page.render = undefined;
      const words = document.createElement("div");
      words.className = "textLayer";
      page.box.replaceChildren(drawing.canvas, words);
      page.layer = new opened.lib.TextLayer({
        textContentSource: source.streamTextContent(),
        container: words,
        viewport: drawing.viewport,
      });
      // The picture does not wait for the words.
      page.layer.render().catch(() => {});
    })();
    return page.filled;
  }

  /** Far from the screen a page gives its memory back. */
  empty(page) {
    page.render?.cancel();
    page.render = undefined;
    page.layer?.cancel();
    page.scale = undefined;
    page.box.replaceChildren();
  }

  resized() {
    const width = this.scroller.clientWidth;
    if (Math.abs(width - this.width) < 2 || width === 0) return;
    this.width = width;
    if (this.fitted && this.opened) this.scaleTo(fitScale(this.opened.first, width));
  }

  /** The place that is being read stays where it is. */
  scaleTo(scale) {
    if (!this.opened || Math.abs(scale - this.scale) < 0.001) return this.tellZoom();
    const { scroller } = this;
    const middle = (scroller.scrollTop + scroller.clientHeight / 2) / this.scale;
    this.scale = scale;
    for (const page of this.pages) this.size(page);
    scroller.scrollTop = middle * scale - scroller.clientHeight / 2;
    for (const page of this.pages) if (page.near) this.fill(page).catch(() => {});
    this.tellZoom();
  }

  zoom(direction) {
    const now = this.scale / FULL_SIZE;
    const next = direction > 0 ? STEPS.find((step) => step > now + 0.01) : STEPS.findLast((step) => step < now - 0.01);
    if (!next) return;
    this.fitted = false;
    this.scaleTo(next * FULL_SIZE);
  }

  fit() {
    if (!this.opened) return;
    this.fitted = true;
    this.scaleTo(fitScale(this.opened.first, this.scroller.clientWidth));
  }

  /** Scrolls by a share of what is seen. */
  scroll(share) {
    this.scroller.scrollBy({ top: share * this.scroller.clientHeight, behavior: "instant" });
  }

  /** Scrolls so that page `number`, from 1, begins at the top. */
  goTo(number) {
    const page = this.pages[number - 1];
    if (page) this.scroller.scrollTop = page.box.offsetTop - 12;
  }

  /** The page that holds the upper third of what is seen. */
  tellPage(always) {
    const line = this.scroller.scrollTop + this.scroller.clientHeight / 3;
    let number = 1;
    for (const page of this.pages) if (page.box.offsetTop <= line) number = page.number;
    const last = this.scroller.scrollTop + this.scroller.clientHeight >= this.scroller.scrollHeight - 2;
    if (last && this.pages.length && this.scroller.scrollTop > 0) number = this.pages.length;
    if (!always && number === this.number) return;
    this.number = number;
    this.tell("page", number, this.pages.length, "");
  }

  tellZoom() {
    this.tell("zoom", Math.round((this.scale / FULL_SIZE) * 100), this.fitted ? 1 : 0, "");
  }

  destroy() {
    this.hide();
    this.sizes.disconnect();
    this.scroller.removeEventListener("scroll", this.onScroll);
    this.tell = () => {};
  }
}
