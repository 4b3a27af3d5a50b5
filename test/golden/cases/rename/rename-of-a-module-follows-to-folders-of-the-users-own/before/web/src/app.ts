import { type ChatClient, createChatClient } from "../../client/chat.client.gen.js";

// ChatClient
export const client: ChatClient = createChatClient("ws://localhost:10099/chat/ws");
