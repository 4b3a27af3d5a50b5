export { WebSocket } from "ws";
export { ReplyError } from "../wire.js";
export {
  type Closed,
  type ConnectOptions,
  connectClient,
  HandshakeRefused,
  type TestClient,
  type TestEnvelope,
} from "./client.js";
export {
  type CommandTest,
  expectAnswer,
  expectError,
  expectRefusal,
  expectReply,
  type TestSetup,
} from "./command-test.js";
export { startModules, type TestServer } from "./start-modules.js";
export { type FakeTime, fakeTime } from "./time.js";
