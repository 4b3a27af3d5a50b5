export type { Conversion, ConversionNode } from "../conversion.js";
export { type EnvelopeNames, ReplyError, type ResumePosition } from "../wire.js";
export {
  type AnyContract,
  bindCommands,
  type Client,
  type ClientContract,
  type CommandClient,
  type CommandName,
  type CommandNames,
  type EventName,
  type EventOf,
  type ReplyOf,
  type RequestArguments,
  type RequestOf,
  type RequestOptions,
} from "./client.js";
export {
  ClientError,
  type ClientErrorCode,
  hasErrorCode,
  type ReplyErrorOf,
  type RuntimeError,
} from "./client-error.js";
export type {
  ClientOptions,
  Clock,
  ProtocolSource,
  ResumeExtension,
  ResumeHost,
  TraceHooks,
  UrlSource,
} from "./client-options.js";
export type { ClientState, ConnectionEnd, StateChange } from "./client-state.js";
export { convertBytes, type MessageConversions } from "./convert-bytes.js";
export { createClient } from "./create-client.js";
export { createResume, type Resume, type ResumeGap, type ResumeOptions } from "./create-resume.js";
export {
  type ClientEnvelope,
  createEnvelope,
  type FrameCodec,
  type InboundMessage,
} from "./envelope.js";
export type { EventStream, EventStreamOptions } from "./events.js";
export type { WaitLimits } from "./limited-wait.js";
export { type BackOff, shouldReconnect } from "./retries.js";
export { addressOf, type RouteValues } from "./route-address.js";
export type { WebSocketConstructor, WebSocketLike } from "./socket.js";
