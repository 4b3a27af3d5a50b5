// Serves two commands with the runtime that is given, in a process of its own, and tells its parent the port.
const { enableConsoleLog, newWebsocketServe, setHost } = await import(process.argv[2]);

const command = (name, execute) => ({ getCommand: () => name, getConfigOption: () => [], execute });

class EchoModule {
  connect() {}
  disconnect() {}
  close() {}
  handshakeURL() {
    return ["ws"];
  }
  getCommandList() {
    return [
      command("echo", (_ctx, data) => data),
      command("shout", (ctx, data) => void ctx.module.all.emit("shout", data)),
    ];
  }
  getModuleFlag() {
    return "test";
  }
  getServerPort() {
    return 0;
  }
  getWSServerConfig() {
    return [enableConsoleLog(false), setHost("127.0.0.1")];
  }
}

const serve = await newWebsocketServe(new EchoModule());
process.send(serve.ports[0]);
process.on("disconnect", () => serve.close());
