import type { Person } from "./schemas.gen.js";

interface Guest {
  readonly since: number;
}

export const both = (person: Person, guest: Guest) => ({ ...person, ...guest });
