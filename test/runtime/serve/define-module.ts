import {
  type Awaitable,
  type CommandContext,
  enableConsoleLog,
  type ICommand,
  type IWebsocket,
  type SetCommandConfig,
  type SetWSServerConfig,
  type WSContext,
} from "wsgen-runtime";

export interface ModuleDefinition {
  flag?: string;
  port?: number;
  urls?: readonly string[];
  config?: readonly SetWSServerConfig[];
  commands?: readonly ICommand[];
  connect?: (ctx: WSContext) => Awaitable<void | Error>;
  close?: (ctx: WSContext, code: number, message: string) => Awaitable<void | Error>;
  disconnect?: (ctx: WSContext) => Awaitable<void>;
}

/** A module with what a test says of it, and silent. */
export function defineModule(definition: ModuleDefinition = {}): IWebsocket {
  const { flag = "test", port = 10_099, urls = ["ws"], config = [], commands = [] } = definition;
  return {
    connect: (ctx) => definition.connect?.(ctx),
    close: (ctx, code, message) => definition.close?.(ctx, code, message),
    disconnect: (ctx) => definition.disconnect?.(ctx),
    handshakeURL: () => urls,
    getCommandList: () => commands,
    getModuleFlag: () => flag,
    getServerPort: () => port,
    getWSServerConfig: () => [enableConsoleLog(false), ...config],
  };
}

export function defineCommand(
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: tests send whatever they like
  execute: (ctx: CommandContext, data: any, raw: Buffer) => unknown,
  options: readonly SetCommandConfig[] = [],
): ICommand {
  return { getCommand: () => name, getConfigOption: () => options, execute };
}

export const ping = defineCommand("ping", () => ({ ping: "pong" }));
