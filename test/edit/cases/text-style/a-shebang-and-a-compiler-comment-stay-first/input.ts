#!/usr/bin/env node
// @ts-check
export class ChatModule implements IWebsocket {
  getCommandList() {
    return [];
  }
}
