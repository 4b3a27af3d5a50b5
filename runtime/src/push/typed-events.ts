import type { Audience, ModulePush, PushResult, SendOptions, WSContext } from "../contract.js";

/**
 * The events of a module with their types, by their names in code: `chatEvents(ctx.module).message`. Those that are
 * replayed go to everybody in a stream.
 */
export type TypedEvents<Events, Replayed extends keyof Events = never> = {
  readonly [Name in keyof Events]: Name extends Replayed
    ? TypedEvent<Events[Name], ReplayedAudience<Events[Name]>>
    : TypedEvent<Events[Name]>;
};

/** One event of a module, to be sent to some of its connections. */
export interface TypedEvent<Data, Receivers = EventAudience<Data>> {
  /** To every connection of the module. */
  readonly all: Receivers;
  /** To the connections with these ids. */
  to(...ids: string[]): EventAudience<Data>;
  /** To those that joined this room. */
  room(name: string): Receivers;
  /** To those with this tag, for example a user's id. */
  tagged(tag: string): Receivers;
  /** Sends it to one connection, during `connect` too. False: it is gone. */
  emit(ctx: WSContext, data: Data, options?: SendOptions): boolean;
}

/** Who gets an event; they are looked up when it is sent. */
export interface EventAudience<Data> extends ReplayedAudience<Data> {
  /** The same without these connections, the sender for instance. */
  except(...connections: readonly (string | { readonly id: string })[]): EventAudience<Data>;
}

/** The receivers of an event that is replayed. It has no `except`, since a replay does not know who was left out. */
export interface ReplayedAudience<Data> {
  /** Sends the event. It is serialised and framed once, whatever the number of receivers. */
  emit(data: Data, options?: SendOptions): PushResult;
}

/**
 * Makes the function that gives a module's push the types of its events. Generated code calls it.
 * @param names by name in code the name on the wire
 */
export function bindEvents<Events extends object, Replayed extends keyof Events = never>(
  names: {
    readonly [Name in keyof Events]: string;
  },
): (push: ModulePush) => TypedEvents<Events, Replayed> {
  const known = new WeakMap<ModulePush, TypedEvents<Events, Replayed>>();
  return (push) => {
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
