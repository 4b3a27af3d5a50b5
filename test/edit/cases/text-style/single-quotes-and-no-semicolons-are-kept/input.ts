import { PingCommand } from './commands/ping.command.js'

export class ChatModule implements IWebsocket {
  getCommandList() {
    return [new PingCommand()]
  }
}
