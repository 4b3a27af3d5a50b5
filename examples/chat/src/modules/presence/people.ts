import type { WSContext } from "wsgen-runtime";
import type { Person } from "../../schemas.gen.js";
import { presenceEvents } from "./presence.gen.js";

/** Who is connected, and what they are doing. Every change is pushed to everybody. */
export class People {
  readonly #people = new Map<string, Person>();

  set(ctx: WSContext, status: Person["status"]): void {
    const person = { name: ctx.query.get("name") ?? "somebody", status };
    this.#people.set(ctx.id, person);
    presenceEvents(ctx).statusChanged.all.except(ctx).emit(person);
  }

  remove(ctx: WSContext): void {
    this.#people.delete(ctx.id);
  }

  all(): Person[] {
    return [...this.#people.values()];
  }
}
