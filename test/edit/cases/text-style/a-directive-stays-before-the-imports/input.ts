"use strict";

export class ChatModule {
  getCommandList() {
    return [];
  }
}
