import {
  closeOnSignals,
  type ICommand,
  type IWebsocket,
  newWebsocketServe,
  type WSContext,
} from "wsgen-runtime";

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
  getServerPort = () => 10099;
  getWSServerConfig = () => [];
}

closeOnSignals(await newWebsocketServe(new ExampleModule()));
