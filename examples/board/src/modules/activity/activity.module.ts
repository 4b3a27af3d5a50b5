// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import type { Store } from "../../store.js";
import {
  type ActivityConnectContext,
  type ActivityContext,
  activityErrors,
  activityEvents,
  activityModuleOptions,
} from "./activity.gen.js";

/** What happens on all boards, for the members of the board "team". The commands of boards push to it. */
export class ActivityModule implements IWebsocket<ActivityContext> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async connect(ctx: ActivityConnectContext): Promise<void> {
    const name = this.#store.findUser(ctx.query.token);
    if (name === undefined || this.#store.findRole("team", name) === undefined)
      throw activityErrors.notAllowed();
    for (const happening of this.#store.lastHappenings(ctx.query.last)) {
      activityEvents(ctx).happened.emit(ctx, happening);
    }
  }

  async disconnect(): Promise<void> {}

  async close(): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws"];
  }

  getCommandList(): ICommand[] {
    return [];
  }

  getModuleFlag(): string {
    return "activity";
  }

  getServerPort(): number {
    return 10110;
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...activityModuleOptions];
  }
}
