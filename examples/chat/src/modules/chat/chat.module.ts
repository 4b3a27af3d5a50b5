// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import { type ICommand, type IWebsocket, type SetWSServerConfig, setHttpRoutes } from "wsgen-runtime";
import { type ChatConnectContext, type ChatContext, chatErrors, chatModuleOptions } from "./chat.gen.js";
import { HistoryCommand } from "./commands/history.command.js";
import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";
import { History } from "./history.js";
import { webPage } from "./web-page.js";

/** What each connection holds: `connect` returns it. A command with this type argument of its context reads it as `ctx.state`. */
export interface ChatState {
  readonly name: string;
}

/** Rooms and their messages. */
export class ChatModule implements IWebsocket<ChatContext<ChatState>> {
  readonly #history = new History();

  /** `?name=ann` is who it is; the room is in the path, or it is the lobby. */
  async connect(ctx: ChatConnectContext): Promise<ChatState> {
    const { name } = ctx.query;
    if (name === undefined) throw chatErrors.noName({ status: 401 });
    ctx.join(ctx.params.room ?? "lobby");
    return { name };
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
