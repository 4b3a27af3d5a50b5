import { DeflateOutbox } from "./deflate-outbox.js";
import type { ModuleRuntime } from "./module-runtime.js";
import type { OutboxOwner } from "./outbox.js";
import type { Peer } from "./peer.js";
import { SocketOutbox } from "./socket-outbox.js";

export type ConnectionOutbox = SocketOutbox | DeflateOutbox;

/** Compressed messages go through ws, the others past it. */
export function createOutbox(
  { ws, socket }: Peer,
  { config, outboxRules }: ModuleRuntime,
  owner: OutboxOwner,
): ConnectionOutbox {
  if (ws.extensions === "") return new SocketOutbox(socket, outboxRules, owner);
  const thresholdBytes = config.compression?.threshold ?? 0;
  return new DeflateOutbox({ ws, socket, thresholdBytes }, outboxRules, owner);
}
