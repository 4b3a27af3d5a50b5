export default class implements IWebsocket {
  getCommandList() {
    return [];
  }
}
