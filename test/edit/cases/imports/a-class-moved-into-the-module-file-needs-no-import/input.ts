class SayCommand {
  getCommand() {
    return "say";
  }
}

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [];
  }
}
