// Copyright the chat people.

import { SayCommand } from "./commands/say.command.js";

/** Rooms. */
export class ChatModule implements IWebsocket {
  getCommandList() {
    return [
      new SayCommand(),
    ];
  }
}
