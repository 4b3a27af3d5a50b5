import type * as ws from "wsgen-runtime";

export class OtherModule implements ws.IWebsocket {
  getModuleFlag() {
    return "other";
  }
  getCommandList() {
    return [];
  }
}

export const Rooms = class implements ws.IWebsocket {
  getModuleFlag() {
    return "chat";
  }
  getCommandList() {
    return [];
  }
};
