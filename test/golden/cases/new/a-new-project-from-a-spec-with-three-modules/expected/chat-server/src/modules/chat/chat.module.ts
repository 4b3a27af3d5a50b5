// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import { type ChatContext, chatModuleOptions } from "./chat.gen.js";
import { PingCommand } from "./commands/ping.command.js";
import { SayCommand } from "./commands/say.command.js";
import { HistoryCommand } from "./commands/history.command.js";

/** Rooms and their messages. */
export class ChatModule implements IWebsocket<ChatContext> {
  /** Called before the handshake is answered. Throw an error to refuse the client. */
  async connect(_ctx: ChatContext): Promise<void> {}

  /** Called once when an established connection has ended, after `close`. */
  async disconnect(_ctx: ChatContext): Promise<void> {}

  /** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */
  async close(_ctx: ChatContext, _code: number, _message: string): Promise<void> {}

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
