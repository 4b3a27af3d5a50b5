export {
  type FaultPolicy,
  type LogLevel,
  Mode,
  type Refusal,
  type ReplyFields,
  type SlowConsumerPolicy,
  type SplitInterval,
} from "./config/choices.js";
export {
  closeLogDownData,
  closeLogUpData,
  closePushCommandErrorMessage,
  closeResponseData,
  setCommandTimeout,
  setKnownFields,
  setReplyCheck,
  setRequestCheck,
} from "./config/command-options.js";
export { ConfigurationError } from "./config/configuration-error.js";
export type { EventRule, EventRules } from "./config/event-rule.js";
export {
  disableStoreConnection,
  enableAdmin,
  enableConsoleLog,
  enablePprof,
  setAllowedOrigins,
  setBasePath,
  setCodec,
  setCommandConcurrency,
  setCommandRate,
  setCompression,
  setConnectionManager,
  setEnvelope,
  setEvents,
  setExecuteTimeout,
  setHandshakeTimeout,
  setHooks,
  setHost,
  setHttpRoutes,
  setInboundQueue,
  setLogger,
  setLogLevel,
  setLogRedaction,
  setMaxConnections,
  setMaxConnectionsPerAddress,
  setMaxFragments,
  setMaxHeaderSize,
  setMaxJsonDepth,
  setMaxMessageBufferSize,
  setMaxMessageSize,
  setMode,
  setPingPeriod,
  setPongWait,
  setRawHandler,
  setRefusal,
  setReplayStore,
  setReplyFields,
  setSlowConsumerPolicy,
  setSubprotocols,
  setTls,
  setTrustProxy,
  setWriteWait,
  setWSServerLogEnable,
  use,
  useApp,
  useOnListener,
} from "./config/module-options.js";
export type {
  AdminOptions,
  AppSetup,
  CommandHooks,
  CommandRateOptions,
  HttpRoutes,
  RawHandler,
  TlsOptions,
} from "./config/module-types.js";
export type {
  ConnectionFilter,
  ConnectionManager,
  ManagedConnection,
} from "./connection/connection-manager.js";
export { MemoryConnectionManager } from "./connection/memory-connection-manager.js";
export type {
  Audience,
  Awaitable,
  CommandContext,
  ICommand,
  IWebsocket,
  Logger,
  ModulePush,
  OptionTarget,
  PushResult,
  SendOptions,
  SetCommandConfig,
  SetWSServerConfig,
  WSContext,
} from "./contract.js";
export type { AdminAddress } from "./operations/admin-server.js";
export { CloseCode, isSendableCloseCode, truncateCloseReason } from "./protocol/close-codes.js";
export { type MessageCodec, type Payload, UnreadableMessageError } from "./protocol/codec.js";
export type { Batch, Call, Decoded, Envelope, EnvelopeOptions, ProtocolFault } from "./protocol/envelope.js";
export {
  type ClientError,
  ErrorCode,
  NotImplementedError,
  WebsocketError,
  type WebsocketErrorOptions,
} from "./protocol/errors.js";
export { jsonRpcEnvelope } from "./protocol/json-rpc.js";
export {
  bindEvents,
  type EventAudience,
  type ReplayedAudience,
  type TypedEvent,
  type TypedEvents,
} from "./push/typed-events.js";
export { type MemoryReplayOptions, MemoryReplayStore } from "./replay/memory-replay-store.js";
export type {
  ReplayLimits,
  ReplayStore,
  StoredEvent,
  StreamHistory,
  StreamId,
  StreamPlace,
} from "./replay/replay-store.js";
export { newWebsocketServe } from "./serve.js";
export { closeOnSignals } from "./server/close-on-signals.js";
export type { ListenAddress } from "./server/listener.js";
export type { CloseOptions, WebsocketServe } from "./server/running-serve.js";
export type { ModuleStats, ServedModule } from "./server/served-module.js";
export { StartError } from "./server/start-error.js";
