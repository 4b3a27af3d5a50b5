export * from "./talk/chat.module.js";
