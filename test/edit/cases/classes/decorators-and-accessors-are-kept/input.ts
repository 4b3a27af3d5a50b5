@traced
@Module({ flag: "chat" })
export class ChatModule implements IWebsocket {
  @inject() accessor store!: Store;

  @memo
  getCommandList(): ICommand[] {
    return [new PingCommand(this.store)];
  }
}
