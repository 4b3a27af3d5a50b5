import type { Audience, ModulePush } from "../contract.js";
import { roomStream, tagStream } from "../replay/replay-store.js";
import { type FindReceivers, type MessageEncoder, ModuleAudience } from "./audience.js";
import type { ConnectionIndex } from "./connection-index.js";
import type { StreamOrigin } from "./event-writer.js";
import type { LiveConnection } from "./live-connection.js";

const nobody: readonly LiveConnection[] = [];

/** Push to the connections of one module. */
export class IndexedPush implements ModulePush {
  readonly all: Audience;
  readonly #index: ConnectionIndex;
  readonly #encoder: MessageEncoder;

  constructor(index: ConnectionIndex, encoder: MessageEncoder) {
    this.#index = index;
    this.#encoder = encoder;
    this.all = this.#audience(() => index.byId.values(), { stream: undefined });
  }

  to(...ids: string[]): Audience {
    return this.#audience((gone) => {
      const found: LiveConnection[] = [];
      for (const id of new Set(ids)) {
        const connection = this.#index.byId.get(id);
        if (connection === undefined) gone.push(id);
        else found.push(connection);
      }
      return found;
    });
  }

  room(name: string): Audience {
    return this.#audience(() => this.#index.inRoom(name) ?? nobody, { stream: roomStream(name) });
  }

  tagged(tag: string): Audience {
    return this.#audience(() => this.#index.withTag(tag) ?? nobody, { stream: tagStream(tag) });
  }

  #audience(find: FindReceivers, origin?: StreamOrigin): Audience {
    return new ModuleAudience({ find, origin }, this.#encoder);
  }
}
