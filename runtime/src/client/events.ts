/// <reference lib="esnext.disposable" preserve="true" />
import { ClientError } from "./client-error.js";

/** Listeners by name. @param onError receives the exceptions of listeners */
export function createEventHub<Data>(onError: (error: unknown) => void) {
  // A Map, because names come from outside: `__proto__` is a valid name.
  const listeners = new Map<string, Set<(data: Data) => void>>();
  return {
    /** @returns a function that removes the listener */
    on(name: string, listener: (data: Data) => void) {
      // A new object, so that a function can subscribe twice.
      const own = (data: Data) => listener(data);
      const named = listeners.get(name) ?? new Set();
      listeners.set(name, named.add(own));
      return () => {
        if (named.delete(own) && named.size === 0) listeners.delete(name);
      };
    },
    /** Calls the current listeners. An exception of one does not stop the others. */
    emit(name: string, data: Data) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          listener(data);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}

/** The buffer of an iteration over events. */
export interface EventStreamOptions {
  /** The most waiting events. Default 1,000. */
  readonly maxBuffered?: number | undefined;
  /** Above it, drops the oldest event or fails with `buffer_full`. Default `drop-oldest`. */
  readonly overflow?: "drop-oldest" | "fail" | undefined;
}

/** Events one by one, for `for await`. Ends when the client is closed, after the waiting events. */
export interface EventStream<Event> extends AsyncIterableIterator<Event, undefined>, AsyncDisposable {
  /** The number of events that were dropped because the buffer was full. */
  readonly dropped: number;
  next(): Promise<IteratorResult<Event, undefined>>;
  return(): Promise<IteratorReturnResult<undefined>>;
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** @param begin receives the functions that add an event and end the stream. @returns a function that stops it */
export function createEventStream<Event>(
  { maxBuffered = 1_000, overflow = "drop-oldest" }: EventStreamOptions,
  begin: (put: (event: Event) => void, end: () => void) => () => void,
): EventStream<Event> {
  const buffer: Event[] = [];
  const waiting: ((result: IteratorResult<Event, undefined>) => void)[] = [];
  let hasEnded = false;
  let failure: ClientError | undefined;
  let dropped = 0;

  const end = (): void => {
    hasEnded = true;
    for (const resolve of waiting.splice(0)) resolve(done);
  };
  const put = (event: Event): void => {
    const resolve = waiting.shift();
    if (resolve) {
      resolve({ value: event });
    } else if (buffer.push(event) > maxBuffered) {
      dropped += 1;
      if (overflow === "drop-oldest") {
        buffer.shift();
      } else {
        buffer.pop();
        failure = new ClientError("buffer_full", `${maxBuffered} events wait.`);
        end();
        stop();
      }
    }
  };
  const stream: EventStream<Event> = {
    get dropped() {
      return dropped;
    },
    next: () =>
      new Promise((resolve, reject) => {
        if (buffer.length > 0) resolve({ value: buffer.shift() as Event });
        else if (!hasEnded) waiting.push(resolve);
        else if (failure) reject(failure);
        else resolve(done);
      }),
    async return() {
      buffer.length = 0;
      failure = undefined;
      end();
      stop();
      return done;
    },
    [Symbol.asyncIterator]: () => stream,
    async [Symbol.asyncDispose]() {
      await stream.return();
    },
  };
  const stop = begin(put, end);
  return stream;
}
