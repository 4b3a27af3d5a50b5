#!/usr/bin/env node
// @ts-check
import { SayCommand } from "./commands/say.command.js";

export class ChatModule implements IWebsocket {
  getCommandList() {
    return [
      new SayCommand(),
    ];
  }
}
