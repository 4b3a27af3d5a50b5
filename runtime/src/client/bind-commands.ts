import type { Client } from "./client.js";
import type { ClientContract, CommandName, ReplyOf, RequestArguments, RequestOf } from "./client-contract.js";

/** Per name in code the name on the wire. No member of the client itself can be named. */
export type CommandNames<C extends ClientContract> = Readonly<Record<string, CommandName<C>>> & {
  readonly [Member in keyof Client<C>]?: never;
};

/** A client with a method for every command. */
export type CommandClient<C extends ClientContract, Names extends CommandNames<C>> = Client<C> & {
  readonly [Method in keyof Names]: (
    ...args: RequestArguments<RequestOf<C, Names[Method]>>
  ) => Promise<ReplyOf<C, Names[Method]>>;
};

/** Gives a client a method for every command: `bindCommands(client, { userLogin: "user.login" })`. */
export function bindCommands<C extends ClientContract, const Names extends CommandNames<C>>(
  client: Client<C>,
  names: Names,
): CommandClient<C, Names> {
  const request = client.request as (command: string, ...args: unknown[]) => Promise<unknown>;
  const methods: Record<string, unknown> = {};
  for (const method in names)
    methods[method] = (...args: unknown[]) => request(names[method] as string, ...args);
  return Object.assign(client, methods) as CommandClient<C, Names>;
}
