// A page of the user that reaches a schema's types in every way.
import type { Message, Person } from "./schemas.gen.js";
import { validatePerson } from "./schemas.gen.js";
import * as schemas from "./schemas.gen.js";
import { type Message as Posted, createChatClient } from "../client/chat.client.gen.js";

export type { Person } from "./schemas.gen.js";

/** Keeps each Person, but no "Person" of a text. */
export class People {
  readonly #all = new Map<string, Person>();

  add(value: unknown): Person | undefined {
    if (validatePerson(value) !== undefined) return undefined;
    const Person = value as schemas.Person;
    this.#all.set(Person.name, Person);
    return Person;
  }

  list(): readonly schemas.Person[] {
    return [...this.#all.values()];
  }
}

export const show = (message: Message | Posted): string => `Person ${message.from}: ${message.text}`;

export const connect = (url: string) => createChatClient(url);

export const checks = { validatePerson, other: schemas["validatePerson"] };
