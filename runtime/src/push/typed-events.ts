import type { Audience, ModulePush, PushResult, SendOptions, WSContext } from "../contract.js";
import { findModule, type ServerSource } from "./server-modules.js";

/**
 * The typed events of a module, by their names in code: `chatEvents(ctx).message`. Replayed events go to all
 * receivers of a stream.
 */
export type TypedEvents<Events, Replayed extends keyof Events = never> = {
  readonly [Name in keyof Events]: Name extends Replayed
    ? TypedEvent<Events[Name], ReplayedAudience<Events[Name]>>
    : TypedEvent<Events[Name]>;
};

/** Selects the receivers of one event of a module. */
export interface TypedEvent<Data, Receivers = EventAudience<Data>> {
  /** To every connection of the module. */
  readonly all: Receivers;
  /** To the connections with these ids. */
  to(...ids: string[]): EventAudience<Data>;
  /** To the connections in this room. */
  room(name: string): Receivers;
  /** To the connections with this tag, such as a user's id. */
  tagged(tag: string): Receivers;
  /** Sends the event to one connection, also during `connect`. @returns false in the same cases as `ctx.send` */
  emit(ctx: Pick<WSContext, "emit">, data: Data, options?: SendOptions): boolean;
}

/** The receivers of an event. They are looked up when it is sent. */
export interface EventAudience<Data> extends ReplayedAudience<Data> {
  /** The same audience without these connections, such as the sender. */
  except(...connections: readonly (string | { readonly id: string })[]): EventAudience<Data>;
}

/** The receivers of a replayed event. Without `except`: a replay does not know which connections were excluded. */
export interface ReplayedAudience<Data> {
  /** Sends the event. It is serialised and framed once for all receivers. */
  emit(data: Data, options?: SendOptions): PushResult;
}

/**
 * Creates the function that returns the typed events of a module. Generated code calls it.
 * @param flag the flag of the module
 * @param names maps names in code to names on the wire
 * @throws the errors of `findModule`, when the created function is called
 */
export function bindEvents<Events extends object, Replayed extends keyof Events = never>(
  flag: string,
  names: {
    readonly [Name in keyof Events]: string;
  },
): (source: ServerSource) => TypedEvents<Events, Replayed> {
  const known = new WeakMap<ModulePush, TypedEvents<Events, Replayed>>();
  return (source) => {
    const push = findModule(source, flag);
    const events = known.get(push) ?? bind<Events, Replayed>(push, names);
    known.set(push, events);
    return events;
  };
}

const bind = <Events extends object, Replayed extends keyof Events>(
  push: ModulePush,
  names: { readonly [Name in keyof Events]: string },
) =>
  Object.fromEntries(
    Object.entries<string>(names).map(([name, wireName]) => [name, typedEvent(push, wireName)]),
  ) as TypedEvents<Events, Replayed>;

const typedEvent = (push: ModulePush, name: string): TypedEvent<unknown> => ({
  get all() {
    return eventAudience(push.all, name);
  },
  to: (...ids) => eventAudience(push.to(...ids), name),
  room: (room) => eventAudience(push.room(room), name),
  tagged: (tag) => eventAudience(push.tagged(tag), name),
  emit: (ctx, data, options) => ctx.emit(name, data, options),
});

const eventAudience = (audience: Audience, name: string): EventAudience<unknown> => ({
  except: (...connections) => eventAudience(audience.except(...connections), name),
  emit: (data, options) => audience.emit(name, data, options),
});
