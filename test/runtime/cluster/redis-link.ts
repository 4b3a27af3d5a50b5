// One node of a cluster over Redis, and what it has got.
import { randomUUID } from "node:crypto";
import type { ClusterNode, ClusterPlace } from "wsgen-runtime";
import { redisCluster } from "wsgen-runtime/redis";

export const limits = { last: 1_000 };
export const newKey = () => ({ limits, key: randomUUID() });

/** @param url of one Redis, or those of a Redis Cluster */
export async function joinRedis(url: string | readonly string[], options: { timeoutMs?: number } = {}) {
  const states: boolean[] = [];
  const received: string[] = [];
  const places: ClusterPlace[] = [];
  const node: ClusterNode = {
    id: randomUUID(),
    changed: (isConnected) => states.push(isConnected),
    ended() {},
    receive(_topic, message, place) {
      received.push(message.toString());
      if (place !== undefined) places.push(place);
    },
  };
  const engine = redisCluster({ url, timeoutMs: 300, heartbeatMs: 200, ...options });
  const link = await engine.join(node);
  await link.beat(200);
  return { link, states, received, places };
}
