/**
 * What the runtime's types have to tell about the names of commands and events, by the package's entry points. Whatever has
 * nothing to do with names is left out, or not known.
 */
export const runtimeTexts: ReadonlyMap<string, string> = new Map([
  [
    "wsgen-runtime",
    `
export type TypedEvents<Events, Replayed extends keyof Events = never> = {
  readonly [Name in keyof Events]: unknown;
};
export declare function bindEvents<Events extends object, Replayed extends keyof Events = never>(
  names: unknown,
): (push: unknown) => TypedEvents<Events, Replayed>;
`,
  ],
  [
    "wsgen-runtime/client",
    `
export interface ClientContract { readonly commands: object; readonly events: object }
export type CommandName<C extends ClientContract> = keyof C["commands"] & string;
export type EventName<C extends ClientContract> = keyof C["events"] & string;
export type RequestOf<C extends ClientContract, Name extends CommandName<C>> = unknown;
export type ReplyOf<C extends ClientContract, Name extends CommandName<C>> = unknown;
export type EventOf<C extends ClientContract, Name extends EventName<C>> = C["events"][Name];
export interface Client<C extends ClientContract> {
  request(command: CommandName<C>, ...rest: unknown[]): Promise<unknown>;
  on<Name extends EventName<C>>(event: Name, listener: (data: EventOf<C, Name>) => void): () => void;
  once<Name extends EventName<C>>(event: Name, limits?: unknown): Promise<EventOf<C, Name>>;
  events<Name extends EventName<C>>(event: Name, options?: unknown): AsyncIterable<EventOf<C, Name>>;
}
export declare function createClient<C extends ClientContract>(url: unknown, options?: unknown): Client<C>;
export declare function bindCommands<C extends ClientContract, Names>(client: Client<C>, names: Names):
  Client<C> & { readonly [Method in keyof Names]: (...rest: unknown[]) => Promise<unknown> };
`,
  ],
]);
