export class ChatModule {
  getCommandList() {
    return [];
  }
}
