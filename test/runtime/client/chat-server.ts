import { once } from "node:events";
import {
  type SetWSServerConfig,
  setCommandConcurrency,
  setMaxMessageSize,
  WebsocketError,
} from "wsgen-runtime";
import { startModules, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";

/** What the commands of the module chat were called with. */
export interface ChatServer extends TestServer {
  readonly chatUrl: string;
  readonly said: string[];
}

/** A module for the contract of example.client.ts, and some more commands. */
export async function startChat(definition: ModuleDefinition = {}): Promise<ChatServer> {
  const said: string[] = [];
  const config: SetWSServerConfig[] = [setCommandConcurrency(8), setMaxMessageSize(65_536)];
  const chat = defineModule({
    ...definition,
    flag: "chat",
    config: [...config, ...(definition.config ?? [])],
    commands: [
      ping,
      defineCommand("say", (ctx, data: { text: string }) => {
        said.push(data.text);
        return {
          delivered: ctx.module.all.emit("message", { room: "lobby", from: ctx.id, ...data }).delivered,
        };
      }),
      defineCommand("echo", (_ctx, data) => data),
      defineCommand("nothing", () => undefined),
      defineCommand("refuse", () => {
        throw new WebsocketError("too_loud", "Not so loud.", { details: { limit: 5 }, retry: true });
      }),
      defineCommand("never", (ctx) => once(ctx.signal, "abort")),
      defineCommand("leave", (ctx, { code, reason }) => ctx.close(code, reason)),
      defineCommand("send", (ctx, { message }) => void ctx.send(message)),
      ...(definition.commands ?? []),
    ],
  });
  const server = await startModules(chat);
  return Object.assign(server, { said, chatUrl: server.url("/chat/ws") });
}
