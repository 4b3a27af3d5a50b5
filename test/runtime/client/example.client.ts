// Written by hand as wsgen writes client/<module>.client.gen.ts; only the path of the import differs.
import {
  bindCommands,
  type Client,
  type ClientOptions,
  createClient,
  type RequestOptions,
  type UrlSource,
} from "../../../runtime/src/client/index.js";

/** What a client sends with ping. */
export type PingRequest = Record<string, unknown>;

/** What ping answers. */
export type PingReply = {
  ping: "pong";
};

/** What a client sends with say. */
export type SayRequest = {
  room: string;
  text: string;
};

/** What say answers. */
export type SayReply = {
  delivered: number;
};

/** What a client sends with user.login. */
export type UserLoginRequest = {
  name: string;
  token?: string;
};

/** What user.login answers. */
export type UserLoginReply = unknown;

export type Message = {
  room: string;
  from: string;
  text: string;
};

/** The commands and events of the module chat, by their names on the wire. */
export type ChatContract = {
  commands: {
    ping: { request: PingRequest; reply: PingReply };
    say: { request: SayRequest; reply: SayReply };
    "user.login": { request: UserLoginRequest; reply: UserLoginReply };
  };
  events: {
    /** Somebody said something. */
    message: Message;
    "user.joined": { name: string };
  };
};

/** A client of the module chat: rooms and their messages. */
export interface ChatClient extends Client<ChatContract> {
  /** Is the server alive? */
  ping(request?: PingRequest, options?: RequestOptions): Promise<PingReply>;
  /** Send a text to everybody in a room. */
  say(request: SayRequest, options?: RequestOptions): Promise<SayReply>;
  /** The command user.login. */
  userLogin(request: UserLoginRequest, options?: RequestOptions): Promise<UserLoginReply>;
}

/** Connects to the module chat: `ws://localhost:10099/chat/ws`, or a function that returns such a URL. */
export function createChatClient(url: UrlSource, options?: ClientOptions): ChatClient {
  return bindCommands(createClient<ChatContract>(url, options), {
    ping: "ping",
    say: "say",
    userLogin: "user.login",
  });
}
