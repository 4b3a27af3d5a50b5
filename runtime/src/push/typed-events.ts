import type { Audience, ModulePush, PushResult, SendOptions, WSContext } from "../contract.js";

/** The events of a module with their types, by their names in code: `chatEvents(ctx.module).message`. */
export type TypedEvents<Events> = { readonly [Name in keyof Events]: TypedEvent<Events[Name]> };

/** One event of a module, to be sent to some of its connections. */
export interface TypedEvent<Data> {
  /** To every connection of the module. */
  readonly all: EventAudience<Data>;
  /** To the connections with these ids. */
  to(...ids: string[]): EventAudience<Data>;
  /** To those that joined this room. */
  room(name: string): EventAudience<Data>;
  /** To those that bear this tag, a user's id for instance. */
  tagged(tag: string): EventAudience<Data>;
  /** Sends it to one connection, during `connect` too. False: it is gone. */
  send(ctx: WSContext, data: Data, options?: SendOptions): boolean;
}

/** Who gets an event; they are looked up when it is sent. */
export interface EventAudience<Data> {
  /** The same without these connections, the sender for instance. */
  except(...connections: readonly (string | { readonly id: string })[]): EventAudience<Data>;
  /** Sends the event. It is serialised and framed once, whatever the number of receivers. */
  emit(data: Data, options?: SendOptions): PushResult;
}

/**
 * Makes the function that gives a module's push the types of its events. Generated code calls it.
 * @param names by name in code the name on the wire
 */
export function bindEvents<Events extends object>(
  names: {
    readonly [Name in keyof Events]: string;
  },
): (push: ModulePush) => TypedEvents<Events> {
  const known = new WeakMap<ModulePush, TypedEvents<Events>>();
  return (push) => {
    const events = known.get(push) ?? bind<Events>(push, names);
    known.set(push, events);
    return events;
  };
}

const bind = <Events extends object>(push: ModulePush, names: { readonly [Name in keyof Events]: string }) =>
  Object.fromEntries(
    Object.entries<string>(names).map(([name, wireName]) => [name, typedEvent(push, wireName)]),
  ) as TypedEvents<Events>;

const typedEvent = (push: ModulePush, name: string): TypedEvent<unknown> => ({
  get all() {
    return eventAudience(push.all, name);
  },
  to: (...ids) => eventAudience(push.to(...ids), name),
  room: (room) => eventAudience(push.room(room), name),
  tagged: (tag) => eventAudience(push.tagged(tag), name),
  send: (ctx, data, options) => ctx.event(name, data, options),
});

const eventAudience = (audience: Audience, name: string): EventAudience<unknown> => ({
  except: (...connections) => eventAudience(audience.except(...connections), name),
  emit: (data, options) => audience.event(name, data, options),
});
