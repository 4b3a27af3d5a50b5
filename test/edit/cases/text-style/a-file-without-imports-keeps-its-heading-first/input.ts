// Copyright the chat people.

/** Rooms. */
export class ChatModule implements IWebsocket {
  getCommandList() {
    return [];
  }
}
