import { expect, test } from "vitest";
import { type ICommand, type IWebsocket, newWebsocketServe, type WSContext } from "wsgen-runtime";
import { connectClient } from "wsgen-runtime/testing";

class PingCommand implements ICommand {
  getCommand = () => "ping";
  getConfigOption = () => [];
  execute = () => ({ ping: "pong" });
}

class ExampleModule implements IWebsocket {
  connect(ctx: WSContext) {
    ctx.send({ say: "hello world!", cid: ctx.id });
  }
  disconnect() {}
  close() {}
  handshakeURL = () => ["/ws/test"];
  getCommandList = () => [new PingCommand()];
  getModuleFlag = () => "example";
  getServerPort = () => 0; // 10099 in the docs, which may be taken on this machine
  getWSServerConfig = () => [];
}

test("newWebsocketServe: the quick start runs unchanged", async () => {
  const serve = await newWebsocketServe(new ExampleModule());
  const client = await connectClient(`ws://localhost:${serve.ports[0]}/example/ws/test`);
  expect(await client.next()).toEqual({ say: "hello world!", cid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  client.send({ command: "ping" });
  expect(await client.next()).toEqual({ ping: "pong" });
  await serve.close();
  expect(await client.closed).toEqual({ code: 1001, reason: "The server is shutting down." });
});
