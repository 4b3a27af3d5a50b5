// One process of the cluster: a counter whose events all clients get, at whichever process they are.
// Usage: PORT=8081 REDIS_URL=redis://localhost:6379 node examples/cluster/server.js
import {
  closeOnSignals,
  enableConsoleLog,
  newWebsocketServe,
  setCluster,
  setEvents,
  setMode,
} from "wsgen-runtime";

class CountCommand {
  getCommand = () => "count";
  getConfigOption = () => [];
  /** Answers when the event is stored: from then on no client misses it. */
  async execute(ctx, { number }) {
    const { delivered, unavailable = false } = await ctx.module.room("counters").emit("counted", { number });
    return { delivered, unavailable, pid: process.pid };
  }
}

class CounterModule {
  connect(ctx) {
    ctx.join("counters");
  }
  disconnect() {}
  close() {}
  handshakeURL = () => ["ws"];
  getCommandList = () => [new CountCommand()];
  getModuleFlag = () => "counter";
  getServerPort = () => Number(process.env.PORT ?? 8081);
  getWSServerConfig = () => [
    setMode("product"),
    enableConsoleLog(process.env.LOG !== "off"),
    setEvents({ counted: { replay: { last: 1_000, forSeconds: 600 } } }),
    setCluster({ redis: { urlEnv: "REDIS_URL", url: "redis://localhost:6379", prefix: "wsgen-example" } }),
  ];
}

closeOnSignals(await newWebsocketServe(new CounterModule()));
process.send?.("ready");
