/**
 * The part of the runtime's types that concerns names of the spec (commands, events, errors and fields), by the package's entry
 * points. Everything else is left out, or has the type `unknown`.
 */
export const runtimeTypes: ReadonlyMap<string, string> = new Map([
  [
    "wsgen-runtime",
    `
export type ContextTypes<Own> = Own;
export type WSContext<Types = object> = Readonly<Types> & { readonly id: string };
export type CommandContext<Types = object> = WSContext<Types> & { readonly connection: WSContext<Types> };
export type ConnectContext<Context = WSContext> = Context;
export type GuardedContext<Context extends { state: unknown }, Guards> = Omit<Context, "state"> & {
  readonly state: Context["state"] & Returned<Guards>;
};
type Returned<Guards> = Guards extends readonly [infer First, ...infer Rest]
  ? (First extends (...args: never[]) => infer Result ? Exclude<Awaited<Result>, boolean | Error> : unknown) &
      Returned<Rest>
  : unknown;
export interface ICommand<Request = unknown, Reply = unknown, Context = unknown> {
  execute(ctx: Context, data: Request, raw?: unknown): Reply | Promise<Reply>;
}
export declare class WebsocketError extends Error {
  constructor(code: string, message?: string, options?: unknown);
}
interface Audience<Data> {
  except(...connections: unknown[]): Audience<Data>;
  emit(data: Data, options?: unknown): unknown;
}
interface TypedEvent<Data> {
  readonly all: Audience<Data>;
  to(...ids: string[]): Audience<Data>;
  room(name: string): Audience<Data>;
  tagged(tag: string): Audience<Data>;
  emit(ctx: unknown, data: Data, options?: unknown): boolean;
}
export type TypedEvents<Events, Replayed extends keyof Events = never> = {
  readonly [Name in keyof Events]: TypedEvent<Events[Name]>;
};
interface Connections<State> {
  members(): Promise<readonly { readonly id: string; readonly state: State }[]>;
}
interface ModulePush<State> {
  readonly all: Connections<State>;
  to(...ids: string[]): Connections<State>;
  room(name: string): Connections<State>;
  tagged(tag: string): Connections<State>;
}
export declare function bindConnections<State = undefined>(flag: string): (source: unknown) => ModulePush<State>;
export declare function bindErrors<Details extends object>(rules: unknown): {
  readonly [Name in keyof Details]: (details: Details[Name], options?: unknown) => Error;
};
export declare function bindEvents<Events extends object, Replayed extends keyof Events = never>(
  flag: string,
  names: unknown,
): (source: unknown) => TypedEvents<Events, Replayed>;
`,
  ],
  [
    "wsgen-runtime/testing",
    `
export interface TestClient {
  send(message: unknown): void;
  next(timeoutMs?: number): Promise<unknown>;
  request(command: string, fields?: object, timeoutMs?: number): Promise<unknown>;
}
export declare function connectClient(url: string, options?: unknown): Promise<TestClient>;
`,
  ],
  [
    "wsgen-runtime/client",
    `
export interface ClientContract { readonly commands: object; readonly events: object }
export interface ClientOptions {}
export interface RequestOptions {}
export type UrlSource = unknown;
export type CommandName<C extends ClientContract> = keyof C["commands"] & string;
export type EventName<C extends ClientContract> = keyof C["events"] & string;
export type RequestOf<C extends ClientContract, Name extends CommandName<C>> =
  C["commands"][Name] extends { request: infer Request } ? Request : never;
export type ReplyOf<C extends ClientContract, Name extends CommandName<C>> =
  C["commands"][Name] extends { reply: infer Reply } ? Reply : never;
export type EventOf<C extends ClientContract, Name extends EventName<C>> = C["events"][Name];
export interface ReplyErrorOf<Code extends string, Details = undefined> extends Error {
  readonly code: Code;
  readonly details: Details;
}
export type RuntimeError = ReplyErrorOf<
  | "invalid_message" | "unknown_command" | "invalid_request" | "failed" | "timeout" | "rate_limited" | "too_busy"
  | "not_implemented" | "access_denied" | "handshake_failed" | "origin_not_allowed",
  unknown
>;
export declare function hasErrorCode(error: unknown, codes: readonly string[]): boolean;
export interface Client<C extends ClientContract> {
  request<Name extends CommandName<C>>(
    command: Name, fields?: RequestOf<C, Name>, options?: unknown,
  ): Promise<ReplyOf<C, Name>>;
  on<Name extends EventName<C>>(event: Name, listener: (data: EventOf<C, Name>) => void): () => void;
  once<Name extends EventName<C>>(event: Name, limits?: unknown): Promise<EventOf<C, Name>>;
  events<Name extends EventName<C>>(event: Name, options?: unknown): AsyncIterableIterator<EventOf<C, Name>>;
}
export declare function createClient<C extends ClientContract>(url: unknown, options?: unknown): Client<C>;
export declare function bindCommands<C extends ClientContract, const Names>(client: Client<C>, names: Names):
  Client<C> & {
    readonly [Method in keyof Names]: (
      fields?: RequestOf<C, Names[Method] & CommandName<C>>, options?: unknown,
    ) => Promise<ReplyOf<C, Names[Method] & CommandName<C>>>;
  };
`,
  ],
]);
