import { closeSync, mkdirSync, openSync, write, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const writeSome = promisify(write);

export interface LineWriterOptions {
  /** The target of a line: the path of a file, or an open descriptor such as that of the terminal. */
  readonly placeAt: (now: number) => string | number;
  /** Called when writing begins to fail, once until it succeeds again. */
  readonly onFailure: (error: Error) => void;
  /** Called when writing succeeds after lines were lost. */
  readonly onRecovery: (lostLines: number) => void;
}

/** Lines for one target. */
interface Batch {
  readonly place: string | number;
  text: string;
  lines: number;
}

/** A batch that is being written: the written and the remaining part. */
interface Writing {
  readonly place: string | number;
  readonly bytes: Buffer;
  given: number;
}

/**
 * The most bytes of one write to a pipe. POSIX does not split such a write, so a line that is written at exit cannot be
 * inside another line that the thread pool still writes.
 */
const pipeBuffer = 4_096;
/** The most UTF-16 units that wait for a disk or a terminal. Further lines are dropped and counted. */
const maxWaiting = 8 * 2 ** 20;
const busyWaitMs = 20;
const maxBusyWaitsAtExit = 50;
/** The longest wait for a running write when the process exits. */
const lastWriteMs = 50;

/**
 * Writes lines in the background, in order, one write at a time. Never throws, because a log must not stop the service.
 * When the process exits, the waiting lines are written.
 *
 * pino's SonicBoom is not used: at exit, version 4.2.1 waits for ever for a full disk and for a closed pipe, and loses the
 * lines that a full pipe has not accepted.
 */
export class LineWriter {
  readonly #options: LineWriterOptions;
  readonly #queue: Batch[] = [];
  #waiting = 0;
  #running: Promise<void> | undefined;
  #writing: Writing | undefined;
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

  /** Resolves when all lines so far were passed to the system or are lost. Never rejects. */
  async flush(): Promise<void> {
    await this.#running;
  }

  /** Writes the waiting lines at once, when the process exits. */
  flushSync(): void {
    // The thread pool continues while this thread waits, so that its write comes before the writes here.
    if (this.#writing !== undefined) waitSync(lastWriteMs);
    const begun = this.#writing;
    this.#writing = undefined;
    // Bytes, because the written part may end inside a character.
    if (begun !== undefined) this.#writeSync(begun.place, begun.bytes.subarray(begun.given), 1);
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      this.#writeSync(batch.place, Buffer.from(batch.text), batch.lines);
    }
  }

  #writeSync(place: string | number, bytes: Buffer, lines: number): void {
    try {
      writeAllSync(this.#openDescriptor(place), bytes);
    } catch (error) {
      this.#fail(error, lines);
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
        this.#writing = { place: batch.place, bytes: Buffer.from(batch.text), given: 0 };
        await writeAll(this.#openDescriptor(batch.place), this.#writing);
        this.#succeed();
      } catch (error) {
        this.#fail(error, batch.lines);
      }
      this.#writing = undefined;
      this.#waiting -= batch.text.length;
    }
    this.#running = undefined;
    busyWriters.delete(this);
  }

  /** Opens a file synchronously, once per file, so that a line is never between two states at exit. */
  #openDescriptor(place: string | number): number {
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

  #fail(error: unknown, lines: number): void {
    this.#closeFile();
    this.#lostLines += lines;
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.onFailure(error as Error);
  }
}

const busyWriters = new Set<LineWriter>();
process.on("exit", () => {
  for (const writer of busyWriters) writer.flushSync();
});

/** True for EAGAIN: the pipe is full because its reader is slow. This is not a failure. */
const isBusy = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EAGAIN";

/**
 * Pipes that took only a part of a write, so they do not block. They are written in this thread: at exit it is unknown
 * how much of a write in the thread pool the pipe has taken.
 */
const nonBlocking = new Set<number>();

async function writeAll(descriptor: number, writing: Writing): Promise<void> {
  const { bytes, place } = writing;
  while (writing.given < bytes.length) {
    const from = writing.given;
    const length = (typeof place === "number" ? endOfPiece(bytes, from) : bytes.length) - from;
    try {
      if (nonBlocking.has(descriptor)) {
        writing.given = from + writeSync(descriptor, bytes, from, length);
        continue;
      }
      writing.given = from + length;
      const { bytesWritten } = await writeSome(descriptor, bytes, from, length);
      writing.given = from + bytesWritten;
      if (bytesWritten < length && typeof place === "number") nonBlocking.add(descriptor);
    } catch (error) {
      writing.given = from;
      if (!isBusy(error)) throw error;
      nonBlocking.add(descriptor);
      await wait(busyWaitMs);
    }
  }
}

/** The end of the last line that fits into one write to a pipe. If the first line does not fit, the end of that line. */
function endOfPiece(bytes: Buffer, from: number): number {
  if (bytes.length - from <= pipeBuffer) return bytes.length;
  const last = bytes.lastIndexOf(10, from + pipeBuffer - 1);
  return last >= from ? last + 1 : bytes.indexOf(10, from) + 1 || bytes.length;
}

function writeAllSync(descriptor: number, bytes: Buffer): void {
  let busyWaits = 0;
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      busyWaits += 1;
      if (!isBusy(error) || busyWaits > maxBusyWaitsAtExit) throw error;
      waitSync(busyWaitMs);
    }
  }
}

const waitSync = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
