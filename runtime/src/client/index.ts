export { bindCommands, type CommandClient, type CommandNames } from "./bind-commands.js";
export type { Client } from "./client.js";
export type {
  AnyContract,
  ClientContract,
  CommandName,
  EventName,
  EventOf,
  ReplyOf,
  RequestArguments,
  RequestOf,
  RequestOptions,
} from "./client-contract.js";
export { ClientError, type ClientErrorCode, ReplyError } from "./client-error.js";
export type {
  ClientOptions,
  Clock,
  ProtocolSource,
  ResumeExtension,
  ResumeHost,
  UrlSource,
} from "./client-options.js";
export type { ClientState, ConnectionEnd, StateChange } from "./client-state.js";
export { createClient } from "./create-client.js";
export { createEnvelope, type EnvelopeNames, type FrameCodec } from "./create-envelope.js";
export { createResume, type Resume, type ResumeGap, type ResumeOptions } from "./create-resume.js";
export type { ClientEnvelope, InboundMessage } from "./envelope.js";
export type { EventStream, EventStreamOptions } from "./event-stream.js";
export type { WaitLimits } from "./limited-wait.js";
export type { ResumePosition } from "./resume-position.js";
export { type BackOff, shouldReconnect } from "./retry-policy.js";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket.js";
