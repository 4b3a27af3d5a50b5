// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import {
  type ICommand,
  type IWebsocket,
  type SetWSServerConfig,
  setHttpRoutes,
  type WSContext,
} from "wsgen-runtime";
import { chatErrors, chatModuleOptions } from "./chat.gen.js";
import { HistoryCommand } from "./commands/history.command.js";
import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";
import { History } from "./history.js";
import { webPage } from "./web-page.js";

/** Rooms and their messages. */
export class ChatModule implements IWebsocket {
  readonly #history = new History();

  /** `?name=ann` is who it is; the room is in the path, or it is the lobby. */
  async connect(ctx: WSContext): Promise<void> {
    const name = ctx.query.get("name");
    if (!name) throw chatErrors.noName({ status: 401 });
    ctx.set("name", name);
    ctx.join(ctx.params.room ?? "lobby");
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws", "rooms/:room"];
  }

  getCommandList(): ICommand[] {
    return [
      new PingCommand(),
      new SayCommand(this.#history), // this is how a command gets what it needs
      new HistoryCommand(this.#history),
    ];
  }

  getModuleFlag(): string {
    return "chat";
  }

  getServerPort(): number {
    return 10099;
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...chatModuleOptions, setHttpRoutes(webPage)];
  }
}
