import { expect } from "vitest";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { eventually, leakedSince, openResources, timerOrigins } from "./leak-check.js";

/** A server that tests mistreat, and that has to be as before afterwards. */
export interface TargetServer {
  readonly server: TestServer;
  readonly url: string;
  /** How many hooks of each kind have run. */
  readonly hooks: { connect: number; close: number; disconnect: number };
  /** The codes and reasons that the hook `close` was given. */
  readonly closings: (readonly [code: number, reason: string])[];
  /** A healthy client still gets its pong, and then no connection, room, timer, socket or listener is left. */
  expectUnharmed(): Promise<void>;
  close(): Promise<void>;
}

const echo = defineCommand("echo", (_ctx, data) => data);
const join = defineCommand("join", (ctx, { room }) => ctx.join(String(room)));

export async function startTarget(definition: ModuleDefinition = {}): Promise<TargetServer> {
  const hooks = { connect: 0, close: 0, disconnect: 0 };
  const closings: (readonly [number, string])[] = [];
  const beforeStart = openResources();
  const server = await startModules(
    defineModule({
      ...definition,
      commands: [ping, echo, join, ...(definition.commands ?? [])],
      connect: async (ctx) => {
        const refusal = await definition.connect?.(ctx);
        if (refusal === undefined) hooks.connect += 1;
        return refusal;
      },
      close: (_ctx, code, reason) => {
        hooks.close += 1;
        closings.push([code, reason]);
      },
      disconnect: () => {
        hooks.disconnect += 1;
      },
    }),
  );
  const url = server.url("/test/ws");
  const module = server.serve.module("test");
  const beforeClients = openResources();
  const expectUnharmed = async (): Promise<void> => {
    const healthy = await connectClient(url, { rejectUnauthorized: false });
    expect(await healthy.request("ping")).toEqual({ ping: "pong" });
    await healthy.close(1000);
    const nobody = () => module.stats().connections === 0 && hooks.disconnect === hooks.connect;
    await eventually(nobody, () => JSON.stringify({ ...module.stats(), hooks }));
    await expectNoLeak(beforeClients);
    expect(module.stats().rooms.size).toBe(0);
    expect(hooks.close).toBe(hooks.connect);
  };
  const close = async (): Promise<void> => {
    await server.close();
    await expectNoLeak(beforeStart);
  };
  return { server, url, hooks, closings, expectUnharmed, close };
}

async function expectNoLeak(before: ReturnType<typeof openResources>): Promise<void> {
  const isBack = () => Object.keys(leakedSince(before)).length === 0;
  await eventually(isBack, () => `${JSON.stringify(leakedSince(before))}\n${timerOrigins().join("\n")}`);
}
