// The measured servers: what they are, where they are, which protocol they speak.
import { flat, nest, socketIo } from "./protocols.js";

const packagesOfNest = ["core", "platform-ws", "websockets"].map((name) => `@nestjs/${name}`);

/**
 * @typedef {object} MeasuredServer
 * @property {string} id what `--servers` takes
 * @property {string} title
 * @property {string} [file] below `servers/`; without one it is the generated project
 * @property {import("./protocols.js").Protocol} protocol
 * @property {readonly string[]} packages whose versions are reported
 * @property {string} [runtime] the build of wsgen-runtime to load, a folder
 * @property {boolean} [hasTls] is it measured with TLS, too?
 */

/** Bare ws is the measure and always runs. */
export const reference = "ws";

/** @type {readonly MeasuredServer[]} */
export const servers = [
  { id: "ws", title: "ws", file: "ws.js", protocol: flat, packages: ["ws"], hasTls: true },
  { id: "wsgen", title: "wsgen", protocol: flat, packages: ["koa", "koa-router", "ws"], hasTls: true },
  { id: "koa", title: "Koa + ws", file: "koa.js", protocol: flat, packages: ["koa", "koa-router", "ws"] },
  {
    id: "fastify",
    title: "Fastify",
    file: "fastify.js",
    protocol: flat,
    packages: ["fastify", "@fastify/websocket"],
  },
  { id: "nest", title: "NestJS (ws)", file: "nest.js", protocol: nest, packages: packagesOfNest },
  { id: "socket-io", title: "Socket.IO", file: "socket-io.js", protocol: socketIo, packages: ["socket.io"] },
  {
    id: "uwebsockets",
    title: "uWebSockets.js",
    file: "uwebsockets.js",
    protocol: flat,
    packages: ["@trufflesuite/uws-js-unofficial"],
  },
];
