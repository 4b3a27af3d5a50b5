// How each server is spoken to. `$ID` is the number that the load generator puts in; it compares every reply.

/**
 * @typedef {object} Protocol
 * @property {string} path of the handshake
 * @property {Readonly<Record<string, string>>} [hello] what is said before the first request; see load/generator.cpp
 * @property {(text: string) => string} request
 * @property {(text: string) => string} reply
 * @property {(text: string) => string} broadcast
 * @property {(text: string) => string} event
 */

/** A field `command` selects, a field `id` correlates. @type {Protocol} */
export const flat = {
  path: "/bench/ws",
  request: (text) => `{"command":"echo","id":$ID,"text":"${text}"}`,
  reply: (text) => `{"command":"echo","id":$ID,"data":{"text":"${text}"}}`,
  broadcast: (text) => `{"command":"broadcast","n":$ID,"text":"${text}"}`,
  event: (text) => `{"event":"message","data":{"n":$ID,"text":"${text}"}}`,
};

/** Nest's adapter: `event` selects, `data` is everything else. @type {Protocol} */
export const nest = {
  path: "/bench/ws",
  request: (text) => `{"event":"echo","data":{"id":$ID,"text":"${text}"}}`,
  reply: (text) => `{"event":"echo","data":{"id":$ID,"text":"${text}"}}`,
  broadcast: (text) => `{"event":"broadcast","data":{"n":$ID,"text":"${text}"}}`,
  event: (text) => `{"event":"message","data":{"n":$ID,"text":"${text}"}}`,
};

/** Engine.IO 4 and Socket.IO 5 packets: 0 open, 2 ping, 3 pong, 40 connect, 42 event, 43 acknowledgement. @type {Protocol} */
export const socketIo = {
  path: "/socket.io/?EIO=4&transport=websocket",
  hello: { greeting: "0{", hello: "40", welcome: "40{", ping: "2", pong: "3" },
  request: (text) => `42$ID["echo",{"text":"${text}"}]`,
  reply: (text) => `43$ID[{"text":"${text}"}]`,
  broadcast: (text) => `42["broadcast",{"n":$ID,"text":"${text}"}]`,
  event: (text) => `42["message",{"n":$ID,"text":"${text}"}]`,
};
