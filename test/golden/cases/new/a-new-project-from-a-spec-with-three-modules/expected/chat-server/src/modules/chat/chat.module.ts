// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type ChatConnectContext, type ChatContext, chatModuleOptions } from "./chat.gen.js";
import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";
import { HistoryCommand } from "./commands/history.command.js";

/** What each connection holds: `connect` returns it. A command with this type argument of its context reads it as `ctx.state`. */
export type ChatState = Record<string, never>;

/** Rooms and their messages. */
export class ChatModule implements IWebsocket<ChatContext<ChatState>> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(_ctx: ChatConnectContext): Promise<ChatState> {
    return {};
  }

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: ChatContext<ChatState>): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: ChatContext<ChatState>, _code: number, _message: string): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws", "rooms/:room"];
  }

  getCommandList(): ICommand[] {
    return [
      new PingCommand(),
      new SayCommand(),
      new HistoryCommand(),
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
    return [...chatModuleOptions];
  }
}
