// wsgen-runtime as a production server has it: product mode, limits, heartbeats, order, validation, log level info.
import { host, port, reportListening } from "./harness.js";
import { validateBroadcastRequest, validateEchoRequest } from "./wsgen-validators.js";

const { Mode, newWebsocketServe, setHost, setLogLevel, setMaxConnections, setMode, WebsocketError } =
  await import(process.env.WSGEN_RUNTIME ?? "wsgen-runtime");

function refuse(problems) {
  if (problems === undefined) return;
  throw new WebsocketError("invalid_request", "The request is not valid.", { details: problems });
}

class EchoCommand {
  getCommand() {
    return "echo";
  }

  getConfigOption() {
    return [];
  }

  execute(_ctx, data) {
    refuse(validateEchoRequest(data));
    return data;
  }
}

class BroadcastCommand {
  getCommand() {
    return "broadcast";
  }

  getConfigOption() {
    return [];
  }

  execute(ctx, data) {
    refuse(validateBroadcastRequest(data));
    ctx.module.all.event("message", data);
  }
}

class BenchModule {
  connect() {}

  disconnect() {}

  close() {}

  handshakeURL() {
    return ["ws"];
  }

  getCommandList() {
    return [new EchoCommand(), new BroadcastCommand()];
  }

  getModuleFlag() {
    return "bench";
  }

  getServerPort() {
    return port;
  }

  getWSServerConfig() {
    return [setMode(Mode.product), setLogLevel("info"), setHost(host), setMaxConnections(20_000)];
  }
}

await newWebsocketServe(new BenchModule());
reportListening();
