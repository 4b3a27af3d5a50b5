// Several servers of one cluster in this process, and clients of them.
import {
  type ClusterEngine,
  type SetWSServerConfig,
  setCluster,
  setMode,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";

const commands = [
  ping,
  defineCommand("join", async (ctx, { room }) => {
    ctx.join(room);
    await ctx.joined();
    return [...ctx.rooms];
  }),
  defineCommand("leave", (ctx, { room }) => ctx.leave(room)),
  defineCommand("tag", async (ctx, { tag }) => {
    ctx.tag(tag);
    await ctx.joined();
    return true;
  }),
  defineCommand("say", (ctx, { room, text }) => ctx.module.room(room).except(ctx).emit("said", { text })),
  defineCommand("members", (ctx, { room }) => ctx.module.room(room).members()),
];

export interface Nodes {
  readonly servers: TestServer[];
  start(definition?: ModuleDefinition): Promise<TestServer>;
  enter(server: TestServer, query?: string): Promise<TestClient & { readonly id: string }>;
  close(): Promise<void>;
}

/** @param options of each module */
export function createNodes(engine: () => ClusterEngine, options: readonly SetWSServerConfig[] = []): Nodes {
  const servers: TestServer[] = [];
  return {
    servers,
    async start(definition = {}) {
      const config = [setMode("debug"), setCluster(engine()), ...options, ...(definition.config ?? [])];
      const connect = (ctx: WSContext) => void ctx.send(ctx.id);
      const server = await startModules(defineModule({ commands, connect, ...definition, config }));
      servers.push(server);
      return server;
    },
    async enter(server, query = "") {
      const client = await connectClient(server.url(`/test/ws${query}`));
      return Object.assign(client, { id: (await client.next()) as string });
    },
    async close() {
      await Promise.all(servers.splice(0).map((server) => server.close()));
    },
  };
}
