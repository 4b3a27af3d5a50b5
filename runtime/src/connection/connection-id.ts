import { randomUUID } from "node:crypto";

/**
 * An id that is unique across processes: a UUID, version 4. Node joins it from 20 pieces that stay in memory with it,
 * half a KiB for each connection, so it is copied to a string of its own.
 */
export const newConnectionId = (): string => Buffer.from(randomUUID(), "latin1").toString("latin1");
