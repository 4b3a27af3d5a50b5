import { closeSync, mkdirSync, openSync, write, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const writeSome = promisify(write);

export interface LineWriterOptions {
  /** Where a line belongs that is written now: the path of a file, or an open descriptor such as that of the terminal. */
  readonly placeAt: (now: number) => string | number;
  /** Told when writing begins to fail, once until it succeeds again. */
  readonly onFailure: (error: Error) => void;
  /** Told when writing succeeds after lines were lost. */
  readonly onRecovery: (lostLines: number) => void;
}

/** Lines for one place. */
interface Batch {
  readonly place: string | number;
  text: string;
  lines: number;
}

/** UTF-16 units that may wait for a disk or a terminal; what comes on top is lost and counted. */
const maxWaiting = 8 * 2 ** 20;
const busyWaitMs = 20;
const maxBusyWaitsAtExit = 50;

/**
 * Writes lines in the background, in order, one write at a time, and never throws: a log must not take the service down.
 * What waits when the process exits is written then.
 */
export class LineWriter {
  readonly #options: LineWriterOptions;
  readonly #queue: Batch[] = [];
  #waiting = 0;
  #running: Promise<void> | undefined;
  #open: { readonly path: string; readonly descriptor: number } | undefined;
  #isFailing = false;
  #lostLines = 0;

  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  write(line: string): void {
    if (this.#waiting + line.length > maxWaiting) {
      this.#lostLines += 1;
      return;
    }
    this.#waiting += line.length;
    const place = this.#options.placeAt(Date.now());
    const last = this.#queue.at(-1);
    if (last?.place === place) {
      last.text += line;
      last.lines += 1;
    } else {
      this.#queue.push({ place, text: line, lines: 1 });
    }
    this.#running ??= this.#run();
  }

  /** Resolves when everything written so far has been handed to the system or is lost. Never rejects. */
  async flush(): Promise<void> {
    await this.#running;
  }

  /** Writes what waits, at once. For a process that ends. */
  flushSync(): void {
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      try {
        writeAllSync(this.#descriptorOf(batch.place), Buffer.from(batch.text));
      } catch (error) {
        this.#fail(error, batch);
      }
      this.#waiting -= batch.text.length;
    }
  }

  /** Flushes and releases the file; a later line opens it again. */
  async close(): Promise<void> {
    await this.flush();
    this.#closeFile();
  }

  async #run(): Promise<void> {
    busyWriters.add(this);
    // Lines of this turn of the event loop go in one write.
    await Promise.resolve();
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      try {
        await writeAll(this.#descriptorOf(batch.place), Buffer.from(batch.text));
        this.#succeed();
      } catch (error) {
        this.#fail(error, batch);
      }
      this.#waiting -= batch.text.length;
    }
    this.#running = undefined;
    busyWriters.delete(this);
  }

  /** Opening waits for the disk, so that at exit no line is between two states; it happens once per file. */
  #descriptorOf(place: string | number): number {
    if (typeof place === "number") return place;
    if (this.#open?.path !== place) {
      this.#closeFile();
      mkdirSync(dirname(place), { recursive: true });
      this.#open = { path: place, descriptor: openSync(place, "a", 0o640) };
    }
    return this.#open.descriptor;
  }

  #closeFile(): void {
    if (this.#open === undefined) return;
    const { descriptor } = this.#open;
    this.#open = undefined;
    try {
      closeSync(descriptor);
    } catch (error) {
      this.#options.onFailure(error as Error);
    }
  }

  #succeed(): void {
    const lostLines = this.#lostLines;
    this.#isFailing = false;
    this.#lostLines = 0;
    if (lostLines > 0) this.#options.onRecovery(lostLines);
  }

  #fail(error: unknown, batch: Batch): void {
    this.#closeFile();
    this.#lostLines += batch.lines;
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.onFailure(error as Error);
  }
}

const busyWriters = new Set<LineWriter>();
process.on("exit", () => {
  for (const writer of busyWriters) writer.flushSync();
});

/** A full pipe is not an error (EAGAIN): its reader is slow. */
const isBusy = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EAGAIN";

async function writeAll(descriptor: number, bytes: Buffer): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += (await writeSome(descriptor, bytes, offset)).bytesWritten;
    } catch (error) {
      if (!isBusy(error)) throw error;
      await wait(busyWaitMs);
    }
  }
}

function writeAllSync(descriptor: number, bytes: Buffer): void {
  const timer = new Int32Array(new SharedArrayBuffer(4));
  let busyWaits = 0;
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      busyWaits += 1;
      if (!isBusy(error) || busyWaits > maxBusyWaitsAtExit) throw error;
      Atomics.wait(timer, 0, 0, busyWaitMs);
    }
  }
}
