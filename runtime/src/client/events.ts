import { ClientError } from "./client-error.js";

/** Whoever listens to something, by name. */
export interface EventHub<Data> {
  on(name: string, listener: (data: Data) => void): () => void;
  /** Calls the listeners of the moment; one that throws keeps no other from being called. */
  emit(name: string, data: Data): void;
}

/** @param onError gets what listeners throw */
export function createEventHub<Data>(onError: (error: unknown) => void): EventHub<Data> {
  // A Map, since names come from outside: `__proto__` is a name like any other.
  const listeners = new Map<string, Set<(data: Data) => void>>();
  return {
    on(name, listener) {
      // Each subscription is its own, also of a function that is subscribed twice.
      const own = (data: Data) => listener(data);
      const named = listeners.get(name) ?? new Set();
      listeners.set(name, named.add(own));
      return () => {
        if (named.delete(own) && named.size === 0) listeners.delete(name);
      };
    },
    emit(name, data) {
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

/// <reference lib="esnext.disposable" preserve="true" />

/** How an iteration over events copes with more of them than are taken. */
export interface EventStreamOptions {
  /** Events that may wait to be taken. Default 1,000. */
  readonly maxBuffered?: number | undefined;
  /** When there are more, the oldest is lost, or the iteration fails with `buffer_full`. Default `drop-oldest`. */
  readonly overflow?: "drop-oldest" | "fail" | undefined;
}

/** Events one by one, for `for await`. It ends when the client is closed, after what had come before. */
export interface EventStream<Event> extends AsyncIterableIterator<Event, undefined>, AsyncDisposable {
  /** Events that were lost because the buffer was full. */
  readonly dropped: number;
  next(): Promise<IteratorResult<Event, undefined>>;
  return(): Promise<IteratorReturnResult<undefined>>;
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** @param begin gets the functions that add an event and end the stream. @returns what stops that */
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
