/** Rooms. */
export class ChatModule implements IWebsocket {
  getCommandList() {
    return [];
  }
}
