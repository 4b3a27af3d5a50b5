export class A implements IWebsocket {
  getCommandList() {
    return [];
  }
}

export class B implements IWebsocket {
  getCommandList() {
    return [];
  }
}
