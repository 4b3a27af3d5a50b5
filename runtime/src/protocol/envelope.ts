import type { ErrorBody } from "../wire.js";
import type { MessageCodec, Payload } from "./codec.js";

/** What happens to a message that cannot be dispatched: an error reply, nothing, or a close with this code. */
export type FaultPolicy = "reply" | "ignore" | number;

/** What every message has that could be read, and some that could not. */
interface Correlated {
  /** Any value; undefined when the message had none. */
  readonly correlationId: unknown;
  /** Tells a message without a correlation id from one whose id is null. */
  readonly hasCorrelation: boolean;
  /** The whole message as the codec gave it; undefined when it could not be read. */
  readonly message: unknown;
}

/** A message that selects a command. */
export interface Call extends Correlated {
  readonly kind: "call";
  readonly command: string;
  /** What the command gets: the message's own fields without those of the envelope. */
  readonly data: unknown;
}

/** A message that selects nothing. */
export interface ProtocolFault extends Correlated {
  readonly kind: "fault";
  readonly code: "invalid_message";
  /** `unreadable`: the codec refused it. `malformed`: it was read and is not of the envelope's shape. */
  readonly reason: "unreadable" | "malformed";
  /** What is wrong, for the client. */
  readonly text: string;
  /** What a function of the user's threw on the message, for the log. */
  readonly cause?: unknown;
}

/** Several messages in one frame; their replies go in one frame too. */
export interface Batch {
  readonly kind: "batch";
  readonly items: readonly (Call | ProtocolFault)[];
}

export type Decoded = Call | ProtocolFault | Batch;

/**
 * How messages look on the wire; knows no socket. The encoders throw what the codec throws (circular values, BigInt),
 * and return undefined where nothing is to be sent.
 */
export interface Envelope {
  readonly unknownCommand: FaultPolicy;
  readonly invalidMessage: FaultPolicy;
  /** Never throws. */
  decode(raw: Buffer, isBinary: boolean): Decoded;
  encodeReply(call: Call, result: unknown): Payload | undefined;
  /** `to` is the message that the error answers, if any. */
  encodeError(error: ErrorBody, to: Call | ProtocolFault | undefined): Payload | undefined;
  /** The same in the default shape, for where the user's function cannot shape it. */
  encodeBareError(error: ErrorBody, to: Call | ProtocolFault | undefined): Payload | undefined;
  /** With its place, where the event is replayable. */
  encodeEvent(event: string, data: unknown, place?: EventPlace): Payload | undefined;
  /** A message of the user's own, as it is; bytes go out as they are, in a binary frame. */
  encodeMessage(message: unknown): Payload;
  /** One frame for the replies of a batch; undefined when there are none. */
  encodeBatch(replies: readonly Payload[]): Payload | undefined;
}

/** Where a replayable event stands: members of its message. */
export interface EventPlace {
  readonly stream: string | undefined;
  readonly epoch: string;
  readonly offset: number;
}

/** Replaces parts of the default envelope. The functions return the message to be encoded; undefined sends nothing. */
export interface EnvelopeOptions {
  /** The field that selects the command, in messages and in replies, or a function that finds it. Default `command`. */
  readonly command?: string | ((message: unknown) => unknown) | undefined;
  /** The field that holds the correlation id, in messages and in replies, or a function. Default `id`. */
  readonly correlation?: string | ((message: unknown) => unknown) | undefined;
  /** What the command gets. Default: the message's own fields without the two above. */
  readonly data?: ((message: unknown) => unknown) | undefined;
  readonly reply?: ((call: Call, result: unknown) => unknown) | undefined;
  readonly error?: ((error: ErrorBody, to: Call | ProtocolFault | undefined) => unknown) | undefined;
  readonly event?: ((event: string, data: unknown) => unknown) | undefined;
  /** Is an array a batch of messages? Default false: it is an invalid message. */
  readonly batch?: boolean | undefined;
  /** Default `reply`. */
  readonly unknownCommand?: FaultPolicy | undefined;
  /** Default `reply`. */
  readonly invalidMessage?: FaultPolicy | undefined;
  /** Default `json`. */
  readonly codec?: "json" | "msgpack" | MessageCodec | undefined;
}
