
export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [new PingCommand()];
  }
}
