export class ChatModule implements IWebsocket {
  handshakeURL() {
    return ["ws"];
  }
}
