"use strict";
import { SayCommand } from "./commands/say.command.js";

export class ChatModule {
  getCommandList() {
    return [
      new SayCommand(),
    ];
  }
}
