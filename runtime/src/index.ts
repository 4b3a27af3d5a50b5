export { CloseCode, isSendableCloseCode, truncateCloseReason } from "./close-codes.js";
export { memoryCluster } from "./cluster/memory-cluster.js";
export type {
  LogLevel,
  Refusal,
  ReplyFields,
  SlowConsumerPolicy,
  SplitInterval,
} from "./config/choices.js";
export type {
  AppendOptions,
  ClusterConfig,
  ClusterEngine,
  ClusterEntry,
  ClusterHistory,
  ClusterLink,
  ClusterMessage,
  ClusterNode,
  ClusterPlace,
  ClusterStream,
  EntryPage,
  EntryQuery,
  FoundEntry,
} from "./config/cluster.js";
export * from "./config/command-options.js";
export type { EventRule, EventRules } from "./config/event-rule.js";
export type {
  HandshakeCheck,
  HandshakeChecks,
  HandshakeField,
  HandshakePart,
} from "./config/handshake-check.js";
export * from "./config/module-options.js";
export type {
  AdminOptions,
  AdminRight,
  AdminToken,
  AppSetup,
  CommandContract,
  CommandHooks,
  CommandRate,
  ContractLoader,
  HealthChecks,
  HealthPaths,
  HttpHandler,
  HttpRouter,
  HttpRoutes,
  MetricsOptions,
  ModuleContract,
  PrometheusConfig,
  RawHandler,
  TlsOptions,
} from "./config/module-types.js";
export type { PresenceRules } from "./config/presence-rules.js";
export type {
  ConnectionFilter,
  ConnectionManager,
  ManagedConnection,
  ReplayLimits,
  ReplayStore,
  StoredEvent,
  StreamHistory,
  StreamId,
  StreamPlace,
} from "./config/stores.js";
export { MemoryConnectionManager } from "./connection/registry.js";
export type {
  AnyModule,
  Audience,
  Awaitable,
  CommandContext,
  ConnectContext,
  ContextTypes,
  Guard,
  GuardedContext,
  ICommand,
  IWebsocket,
  Logger,
  ModulePush,
  OptionTarget,
  PushOutcome,
  PushResult,
  Room,
  RoomMember,
  SendOptions,
  ServerModules,
  SetCommandConfig,
  SetWSServerConfig,
  WSContext,
} from "./contract.js";
export type { Conversion, ConversionNode } from "./conversion.js";
export { jsonRpcEnvelope } from "./dispatch/json-rpc.js";
export type { StartErrorCode, UsageErrorCode } from "./error-codes.js";
export {
  ConfigurationError,
  ErrorCode,
  Mode,
  NotImplementedError,
  StartError,
  WebsocketError,
  type WebsocketErrorOptions,
} from "./errors.js";
export { type MessageCodec, type Payload, UnreadableMessageError } from "./protocol/codec.js";
export {
  bindErrors,
  type DeclaredErrorOptions,
  type DeclaredErrors,
  type ErrorRule,
} from "./protocol/declared-errors.js";
export type {
  Batch,
  Call,
  Decoded,
  Envelope,
  EnvelopeOptions,
  FaultPolicy,
  ProtocolFault,
} from "./protocol/envelope.js";
export { bindConnections, type ServerSource } from "./push/server-modules.js";
export {
  bindEvents,
  type EventAudience,
  type ReplayedAudience,
  type TypedEvent,
  type TypedEvents,
} from "./push/typed-events.js";
export { type MemoryReplayOptions, MemoryReplayStore } from "./replay/memory-replay-store.js";
export { newWebsocketServe } from "./serve.js";
export type { ListenAddress } from "./server/listener.js";
export type {
  AdminAddress,
  CloseOptions,
  ModuleStats,
  ServedModule,
  WebsocketServe,
} from "./server/running-serve.js";
export { closeOnSignals } from "./server/shutdown.js";
export type { ErrorBody } from "./wire.js";
