export class OtherModule implements IWebsocket {
  getCommandList() {
    return [new PingCommand()];
  }
}

export class ChatModule implements IWebsocket {
  getCommandList() {
    return [new PingCommand()];
  }
}
