import { presenceEvents } from "./modules/presence/presence.gen.js";

export class Later {
  readonly #events = presenceEvents(undefined as never);

  tell(): void {
    const { statusChanged } = this.#events;
    statusChanged.emit({ name: "ann", status: "online" });
    this.#events.statusChanged.emit({ name: "bob", status: "busy" });
  }
}
