import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../fuzz/random.js";
import { formatRequest } from "../server/http-exchange.js";
import { closeFrame, command, frame, Opcode } from "../support/frames.js";
import { RawClient } from "../support/raw-client.js";

/** How one peer behaves from its connection to its end. A behaviour may fail as it likes; only the server matters. */
type Behaviour = (url: string, random: Random) => Promise<void>;

const room = (random: Random): string => `room-${random.below(30)}`;

const deflate = { headers: { "Sec-WebSocket-Extensions": "permessage-deflate" } };

async function open(url: string, random: Random): Promise<RawClient> {
  const parts = url.includes("/zip/") ? deflate : {};
  const client = await RawClient.open(`${url}${random.chance(10) ? "?wait" : ""}`, parts);
  client.send(command("join", { room: room(random) }), command("tag", { tag: room(random) }));
  return client;
}

async function leave(client: RawClient, random: Random): Promise<void> {
  const how = random.below(4);
  if (how === 0) client.reset();
  else if (how === 1) client.socket.destroy();
  else if (how === 2) client.socket.end();
  else client.send(closeFrame(1000));
  if (how < 3) await client.ended;
  else await client.closed();
}

export const behaviours: Readonly<Record<string, Behaviour>> = {
  async converses(url, random) {
    const client = await open(url, random);
    for (let count = random.between(1, 10); count > 0; count--) {
      client.send(command("say", { room: room(random), text: "x".repeat(random.below(2_000)) }));
      client.send(command("echo", { id: count, text: "hello" }));
      await client.nextFrame(Opcode.text);
    }
    await leave(client, random);
  },

  async leavesInTheMiddle(url, random) {
    const client = new RawClient(url);
    const bytes = Buffer.concat([
      Buffer.from(formatRequest({})),
      command("slow", { ms: 50 }),
      command("ping"),
    ]);
    client.send(bytes.subarray(0, random.below(bytes.length)));
    await pause(random.below(10));
    if (random.chance(50)) client.reset();
    else client.socket.destroy();
    await client.ended;
  },

  async doesNotRead(url, random) {
    const client = await open(url, random);
    client.stopReading();
    for (let count = 0; count < 20; count++) client.send(command("large", { kib: 256 }));
    await Promise.race([client.ended, pause(random.between(50, 1_500))]);
    client.reset();
  },

  async fallsSilent(url, random) {
    const client = await open(url, random);
    await client.ended;
  },

  async neverFinishesItsHandshake(url, random) {
    const client = new RawClient(url);
    client.send(Buffer.from(formatRequest({})).subarray(0, random.below(100)));
    await client.ended;
  },

  async breaksTheProtocol(url, random) {
    const client = await open(url, random);
    client.send(
      frame({
        opcode: random.below(16),
        reserved: random.below(8),
        masked: random.chance(50),
        fin: random.chance(50),
        payload: random.bytes(random.below(200)),
      }),
    );
    if (random.chance(50)) await Promise.race([client.closed(), pause(500)]);
    client.reset();
  },

  async floods(url, random) {
    const client = await open(url, random);
    for (let count = 0; count < 300; count++) {
      client.send(
        command(random.pick(["slow", "echo", "fail", "nope", "leave"]), { room: room(random), ms: 5 }),
      );
    }
    await pause(random.below(100));
    await leave(client, random);
  },

  async isRefused(url) {
    await RawClient.open(`${url}?refuse`);
  },
};
