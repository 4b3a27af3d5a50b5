import { SayCommand } from "./commands/say.command.js";

export default class implements IWebsocket {
  getCommandList() {
    return [
      new SayCommand(),
    ];
  }
}
