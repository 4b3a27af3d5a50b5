export {
  type Closed,
  type ConnectOptions,
  connectClient,
  HandshakeRefused,
  ReplyError,
  type TestClient,
} from "./client.js";
export { startModules, type TestServer } from "./start-modules.js";
