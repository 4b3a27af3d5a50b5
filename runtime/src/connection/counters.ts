/** What happened in a module since its start. */
export interface ModuleCounters {
  /** Handshakes that were answered with 101. */
  accepted: number;
  refused: number;
  messagesIn: number;
  /** Messages that were handed to a connection; a broadcast counts once for each receiver. */
  messagesOut: number;
  commands: number;
  /** Commands that were answered with an error. */
  commandErrors: number;
  /** Connections that were closed because their client did not read. */
  slowConsumers: number;
  /** Messages that the policy for slow consumers made disappear. */
  messagesDropped: number;
  /** Connections that were dropped because no sign of life, or no progress of a write, came in time. */
  timedOut: number;
}

export const newCounters = (): ModuleCounters => ({
  accepted: 0,
  refused: 0,
  messagesIn: 0,
  messagesOut: 0,
  commands: 0,
  commandErrors: 0,
  slowConsumers: 0,
  messagesDropped: 0,
  timedOut: 0,
});
