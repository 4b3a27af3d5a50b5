import type { TypedEvents, WSContext } from "wsgen-runtime";
import type { Client } from "wsgen-runtime/client";
import { type ChatClient, type ChatContract, createChatClient } from "../client/chat.client.gen.js";
import { type ChatEvents, chatEvents, type MessageEventData } from "./modules/chat/chat.gen.js";

type Said = { delivered: number };
const hi = { room: "lobby", text: "hi" };

// Fields.
export class Speaker {
  readonly #events: ReturnType<typeof chatEvents>;
  readonly typed: TypedEvents<ChatEvents>;

  constructor(
    ctx: WSContext,
    private readonly client: ChatClient,
  ) {
    this.#events = chatEvents(ctx);
    this.typed = this.#events;
  }

  async speak(data: MessageEventData): Promise<void> {
    this.#events.message.all.emit(data);
    this.typed.message.room("lobby").emit(data);
    await this.client.say(hi);
    await this.client?.say(hi);
  }
}

// Parameters, destructuring, element access.
export async function speak(client: ChatClient, events: TypedEvents<ChatEvents>, data: MessageEventData): Promise<void> {
  await client["say"](hi);
  await client[`say`](hi);
  events['message'].all.emit(data);
  const { message } = events;
  message.all.emit(data);
  const { message: renamed, joined } = events;
  renamed.all.emit(data);
  joined.all.emit({ name: "ann" });
  const { say } = client;
  await say(hi);
  const ask = async ({ say: tell }: ChatClient): Promise<Said> => tell(hi);
  await ask(client);
  await client
    // far away
    .say(hi);
}

// Names as strings.
export async function listen(client: Client<ChatContract>): Promise<void> {
  client.on("message", ({ from }) => void from);
  const { text } = await client.once("message", { timeoutMs: 1 });
  for await (const { room } of client.events("message")) void (room + text);
  await client.request("say", hi);
}
export const word: keyof ChatEvents = "message";
export const words: readonly (keyof ChatContract["commands"])[] = ["say", "ping"];
export const isSay = words.includes("say");
export const isMessage = (name: keyof ChatContract["events"]): boolean => name === "message";
export function isMessageToo(name: keyof ChatContract["events"]): boolean {
  switch (name) {
    case "joined":
      return false;
    case "message":
      return true;
  }
}
function emitLater<Name extends keyof ChatEvents>(name: Name, data: ChatEvents[Name]): [Name, ChatEvents[Name]] {
  return [name, data];
}
export const later = (data: MessageEventData) => emitLater("message", data);

// Types.
export type Data = ChatEvents["message"];
export type Reply = ChatContract["commands"]["say"]["reply"];
export const viaPick = (client: Pick<ChatClient, "say" | "ping">): Promise<Said> => client.say(hi);
export type Without = Omit<ChatClient, "say">;

// Keys.
export const counts: Record<keyof ChatContract["commands"], number> = { ping: 1, say: 2, history: 3 };
export const total: number = counts.say + counts["say"] + (counts as Partial<typeof counts>)?.say!;
export const handlers: { [Name in keyof ChatEvents]?: (data: ChatEvents[Name]) => void } = {
  message: ({ from }) => void from,
};
export const fake: Pick<ChatClient, "say"> = { say: async () => ({ delivered: 1 }) };
export class Fake implements Pick<ChatClient, "say"> {
  async say(): Promise<Said> {
    return { delivered: 1 };
  }
}
const say = async (): Promise<Said> => ({ delivered: 2 });
export const shorthand: Pick<ChatClient, "say"> = { say };

// What the standard library hands on.
const clients = new Map<string, ChatClient>([["a", createChatClient("ws://localhost")]]);
export const all = [...clients.values()].map((client) => client.say(hi));
export const first = clients.get("a")?.say(hi);
export const loaded = import("../client/chat.client.gen.js").then((module) => module.createChatClient("ws://a").say(hi));

// Nothing of this is the module's.
export const other = { say: 1, message: "message" };
export const otherSay = other.say + other.message.length;
export function unknownHere(client: any): void {
  client.say();
  client.message.all.emit();
  console.log(client.message);
}
