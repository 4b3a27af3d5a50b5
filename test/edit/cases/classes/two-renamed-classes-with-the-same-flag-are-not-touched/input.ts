export class A implements IWebsocket {
  getModuleFlag() {
    return "chat";
  }
  getServerPort() {
    return 1;
  }
}

export class B implements IWebsocket {
  getModuleFlag() {
    return "chat";
  }
  getServerPort() {
    return 1;
  }
}
