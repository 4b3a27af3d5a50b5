import type { ErrorBody } from "../wire.js";
import type { MessageCodec, Payload } from "./codec.js";

/** The reaction to a message that selects no command: an error reply, nothing, or a close with this code. */
export type FaultPolicy = "reply" | "ignore" | number;

/** The common members of valid and invalid messages. */
interface Correlated {
  /** Any value; undefined if the message has none. */
  readonly correlationId: unknown;
  /** Separates a message without a correlation id from one whose id is null. */
  readonly hasCorrelation: boolean;
  /** The whole decoded message; undefined if it cannot be decoded. */
  readonly message: unknown;
}

/** A message that selects a command. */
export interface Call extends Correlated {
  readonly kind: "call";
  readonly command: string;
  /** The data for the command: the message's own fields without those of the envelope. */
  readonly data: unknown;
}

/** A message that selects no command. */
export interface ProtocolFault extends Correlated {
  readonly kind: "fault";
  readonly code: "invalid_message";
  /** `unreadable`: the codec cannot decode it. `malformed`: it does not have the envelope's shape. */
  readonly reason: "unreadable" | "malformed";
  /** The mistake, for the client. */
  readonly text: string;
  /** The error that a function of the user's threw, for the log. */
  readonly cause?: unknown;
}

/** Several messages in one frame. Their replies are sent in one frame, too. */
export interface Batch {
  readonly kind: "batch";
  readonly items: readonly (Call | ProtocolFault)[];
}

export type Decoded = Call | ProtocolFault | Batch;

/**
 * The format of messages, independent of sockets. The encoders throw the errors of the codec (circular values, BigInt),
 * and return undefined if nothing is to be sent.
 */
export interface Envelope {
  readonly codec: MessageCodec;
  /** The codec's. */
  readonly hasBytes: boolean;
  readonly unknownCommand: FaultPolicy;
  readonly invalidMessage: FaultPolicy;
  /** Never throws. */
  decode(raw: Buffer, isBinary: boolean): Decoded;
  encodeReply(call: Call, result: unknown): Payload | undefined;
  /** `to` is the message that the error answers, if any. */
  encodeError(error: ErrorBody, to: Call | ProtocolFault | undefined): Payload | undefined;
  /** The same in the default shape, if the user's function fails. */
  encodeBareError(error: ErrorBody, to: Call | ProtocolFault | undefined): Payload | undefined;
  /** With its place, if the event is replayable, and its span, if it has one. */
  encodeEvent(event: string, data: unknown, more?: EventMembers): Payload | undefined;
  /** Encodes a message without the envelope. Bytes are sent unchanged, in a binary frame. */
  encodeMessage(message: unknown): Payload;
  /** One frame for the replies of a batch; undefined if there are none. */
  encodeBatch(replies: readonly Payload[]): Payload | undefined;
}

/** Members of an event's message beside its name and data: its place in its stream, and its span. */
export interface EventMembers {
  readonly stream?: string | undefined;
  readonly epoch?: string;
  readonly offset?: number;
  readonly traceparent?: string;
}

/** Replaces parts of the default envelope. The functions return the message to encode; undefined sends nothing. */
export interface EnvelopeOptions {
  /** The field that selects the command, in messages and in replies, or a function that finds it. Default `command`. */
  readonly command?: string | ((message: unknown) => unknown) | undefined;
  /** The field with the correlation id, in messages and in replies, or a function that finds it. Default `id`. */
  readonly correlation?: string | ((message: unknown) => unknown) | undefined;
  /** Returns the data for the command. Default: the message's own fields without the two above. */
  readonly data?: ((message: unknown) => unknown) | undefined;
  readonly reply?: ((call: Call, result: unknown) => unknown) | undefined;
  readonly error?: ((error: ErrorBody, to: Call | ProtocolFault | undefined) => unknown) | undefined;
  readonly event?: ((event: string, data: unknown) => unknown) | undefined;
  /** Whether an array is a batch of messages. Default false: it is an invalid message. */
  readonly batch?: boolean | undefined;
  /** Default `reply`. */
  readonly unknownCommand?: FaultPolicy | undefined;
  /** Default `reply`. */
  readonly invalidMessage?: FaultPolicy | undefined;
  /** Default `json`. */
  readonly codec?: "json" | "msgpack" | MessageCodec | undefined;
}
