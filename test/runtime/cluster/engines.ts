// The engines that the tests of a cluster run over.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { type ClusterEngine, memoryCluster } from "wsgen-runtime";
import { redisCluster } from "wsgen-runtime/redis";
import { startRedisCluster, type TestRedisCluster } from "../../support/redis-cluster.js";
import { hasRedis, type RedisServer, startRedis } from "../../support/redis-server.js";

interface EngineKind {
  readonly name: string;
  /** Called in a `describe`: starts and stops what the engine needs. @returns creates engines of one new cluster */
  prepare(): (heartbeatMs?: number) => () => ClusterEngine;
}

const all: readonly EngineKind[] = [
  {
    name: "memory",
    prepare: () => (heartbeatMs) => {
      const engine = memoryCluster({ heartbeatMs });
      return () => engine;
    },
  },
  {
    name: "Redis",
    prepare() {
      let redis: RedisServer;
      beforeAll(async () => {
        redis = await startRedis();
      });
      afterAll(() => redis.stop());
      return (heartbeatMs) => {
        const prefix = randomUUID();
        return () => redisCluster({ url: redis.url, prefix, heartbeatMs });
      };
    },
  },
  {
    name: "Redis Cluster",
    prepare() {
      let redis: TestRedisCluster;
      beforeAll(async () => {
        redis = await startRedisCluster();
      });
      afterAll(() => redis.stop());
      return (heartbeatMs) => {
        const prefix = randomUUID();
        return () => redisCluster({ url: redis.urls, prefix, heartbeatMs });
      };
    },
  },
];

/** Without Redis, `redis.test.ts` says what did not run. */
export const engines = all.filter(({ name }) => name === "memory" || hasRedis);
