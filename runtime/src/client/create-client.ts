import type { AnyContract, Client, ClientContract, RequestOptions } from "./client.js";
import type { ClientError } from "./client-error.js";
import { type ClientOptions, resolveOptions, type UrlSource } from "./client-options.js";
import type { StateChange } from "./client-state.js";
import { startConnectionLoop } from "./connection-loop.js";
import { createFrameReader } from "./envelope.js";
import { createEventHub, createEventStream, type EventStreamOptions } from "./events.js";
import { createWait, type WaitLimits } from "./limited-wait.js";
import { createRequests } from "./requests.js";

/**
 * Connects to a module of a server, and reconnects until it is closed. Returns at once; requests wait for the connection.
 * @throws TypeError `no_websocket` if the platform has no WebSocket and none is passed
 */
export function createClient<C extends ClientContract = AnyContract>(
  url: UrlSource,
  options: ClientOptions = {},
): Client<C> {
  const settings = resolveOptions(options);
  const { envelope, resume, onError } = settings;
  const events = createEventHub(onError);
  const states = createEventHub<StateChange>(onError);
  let closedBy: ClientError | undefined;
  const onClosed = (listener: (error: ClientError) => void): (() => void) => {
    if (closedBy) listener(closedBy);
    return states.on("closed", () => closedBy && listener(closedBy));
  };
  const wait = createWait(settings.clock, onClosed);
  const requests = createRequests(settings, {
    wait,
    send: (frame) => loop.send(frame),
    received: () => loop.received,
    probe: (frame) => loop.probe(frame),
  });
  const loop = startConnectionLoop(url, settings, {
    onFrame: createFrameReader(settings, events.emit, requests.settle),
    onCut(closeCode) {
      resume?.cut?.(closeCode);
      requests.cut(closeCode);
    },
    onChange(change) {
      if (change.state === "closed") {
        closedBy = change.error;
        resume?.cut?.(change.end?.code ?? 1000);
      }
      if (change.state === "open") {
        for (const message of resume?.openingMessages() ?? []) loop.send(envelope.encode(message));
      }
      states.emit(change.state, change);
      states.emit("change", change);
      if (change.state === "open") requests.flush();
    },
  });
  const client = {
    get state() {
      return loop.state;
    },
    request: (command: string, fields?: object, limits: RequestOptions = {}) =>
      requests.add(command, fields, limits),
    on: events.on,
    once: (event: string, limits: WaitLimits = {}) => wait(limits, (resolve) => events.on(event, resolve)),
    events: (event: string, streamOptions: EventStreamOptions = {}) =>
      createEventStream(streamOptions, (put, end) => {
        const stops = [events.on(event, put), onClosed(end)];
        return () => {
          for (const stop of stops) stop();
        };
      }),
    onState: (listener: (change: StateChange) => void) => states.on("change", listener),
    retryNow: loop.retryNow,
    close: loop.close,
    [Symbol.asyncDispose]: loop.close,
  };
  return client as Client<C>;
}
