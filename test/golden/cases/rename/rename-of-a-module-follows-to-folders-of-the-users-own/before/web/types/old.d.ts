export type ChatClient = typeof import("../../client/chat.client.gen.js");
