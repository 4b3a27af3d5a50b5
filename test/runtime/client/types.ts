// What must compile, and what must not: checked by tsc (`npm run types`), never run.
import { WebSocket as WsSocket } from "ws";
import {
  bindCommands,
  ClientError,
  type ClientOptions,
  createClient,
  type EventStream,
  type WebSocketConstructor,
} from "../../../runtime/src/client/index.js";
import {
  type ChatClient,
  type ChatContract,
  createChatClient,
  type Message,
  type SayReply,
} from "./example.client.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(_proof?: T): void => {};

declare const client: ChatClient;

/** The methods of commands. */
export async function methods(): Promise<void> {
  const reply = await client.say({ room: "lobby", text: "hi" });
  isTrue<Equal<typeof reply, SayReply>>();
  isTrue<Equal<Awaited<ReturnType<typeof client.ping>>, { ping: "pong" }>>();
  await client.ping();
  await client.ping({}, { timeoutMs: 5, signal: AbortSignal.abort(), isIdempotent: true });
  await client.userLogin({ name: "ann" });
  // @ts-expect-error a required field is missing
  await client.say({ room: "lobby" });
  // @ts-expect-error a field has another type
  await client.say({ room: "lobby", text: 1 });
  // @ts-expect-error there is no such field
  await client.say({ room: "lobby", text: "hi", loud: true });
  // @ts-expect-error this command needs fields
  await client.say();
  // @ts-expect-error there is no such command
  await client.shout({ text: "hi" });
  // @ts-expect-error there is no such option
  await client.ping({}, { timeout: 5 });
}

/** The same by the names on the wire. */
export async function requests(): Promise<void> {
  const reply = await client.request("say", { room: "lobby", text: "hi" });
  isTrue<Equal<typeof reply, SayReply>>();
  await client.request("ping");
  await client.request("user.login", { name: "ann" }, { timeoutMs: 5 });
  // @ts-expect-error the name in code is none on the wire
  await client.request("userLogin", { name: "ann" });
  // @ts-expect-error this command needs fields
  await client.request("user.login");
  // @ts-expect-error these are the fields of another command
  await client.request("user.login", { room: "lobby", text: "hi" });
}

export async function events(): Promise<void> {
  const stop = client.on("message", (message) => isTrue<Equal<typeof message, Message>>());
  isTrue<Equal<typeof stop, () => void>>();
  client.on("user.joined", ({ name }) => name.length);
  const next = await client.once("message", { timeoutMs: 5 });
  isTrue<Equal<typeof next, Message>>();
  const stream = client.events("message", { maxBuffered: 5, overflow: "fail" });
  isTrue<Equal<typeof stream, EventStream<Message>>>();
  for await (const message of stream) isTrue<Equal<typeof message, Message>>();
  // @ts-expect-error there is no such event
  client.on("left", () => {});
  // @ts-expect-error a command is no event
  client.events("say");
  // @ts-expect-error the listener wants something else
  client.on("message", (text: string) => text);
}

export function states(): void {
  client.onState((change) => {
    if (change.state === "waiting") isTrue<Equal<typeof change.delayMs, number>>();
    if (change.state === "closed") isTrue<Equal<typeof change.error, ClientError>>();
    // @ts-expect-error only `waiting` has a delay
    change.delayMs;
  });
  // @ts-expect-error the state is not for others to set
  client.state = "open";
}

/** Without a contract everything is allowed and nothing is known. */
export async function untyped(): Promise<void> {
  const anyClient = createClient("ws://localhost");
  const reply = await anyClient.request("whatever", { any: "thing" });
  isTrue<Equal<typeof reply, unknown>>();
  anyClient.on("whatever", (data) => isTrue<Equal<typeof data, unknown>>());
}

/** An interface is a contract too. */
export async function contractAsInterface(): Promise<void> {
  interface Commands {
    add: { request: { terms: number[] }; reply: number };
  }
  const sums = createClient<{ commands: Commands; events: Record<never, never> }>("ws://localhost");
  isTrue<Equal<Awaited<ReturnType<typeof sums.request<"add">>>, number>>();
  // @ts-expect-error this contract has no events
  sums.on("message", () => {});
}

export function names(): void {
  const plain = createClient<ChatContract>("ws://localhost");
  bindCommands(plain, { speak: "say" }).speak({ room: "lobby", text: "hi" });
  // @ts-expect-error there is no such command on the wire
  bindCommands(plain, { shout: "shout" });
  // @ts-expect-error a client has a method of this name already
  bindCommands(plain, { close: "say" });
}

/** Every platform's WebSocket fits, and URLs come in every form. */
export function platforms(): void {
  const constructors: WebSocketConstructor[] = [WsSocket, WebSocket];
  const options: ClientOptions = { WebSocket: WsSocket, protocols: async () => ["v1"], clock: globalThis };
  createChatClient(new URL("ws://localhost"), { ...options, protocols: "v1" });
  createChatClient(async () => "ws://localhost", { shouldReconnect: ({ code }) => code !== 4000 });
  createClient("ws://localhost", { WebSocket: constructors[0] as WebSocketConstructor });
  // @ts-expect-error not a URL
  createChatClient(80);
  // @ts-expect-error no such option
  createChatClient("ws://localhost", { retry: true });
  // @ts-expect-error no such code
  new ClientError("nope", "");
}
