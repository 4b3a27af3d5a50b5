interface SayCommand {
  text: string;
}

export class ChatModule implements IWebsocket {
  getCommandList(): ICommand[] {
    return [];
  }
}
