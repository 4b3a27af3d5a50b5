import { hrtime } from "node:process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  setCommandRate,
  setExecuteTimeout,
  setHandshakeTimeout,
  setPingPeriod,
  setPongWait,
} from "wsgen-runtime";
import {
  connectClient,
  type FakeTime,
  fakeTime,
  HandshakeRefused,
  startModules,
} from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";

let time: FakeTime;
beforeEach(() => {
  time = fakeTime();
});
afterEach(() => time.restore());

describe("over real sockets, without waiting", () => {
  const startedAt = hrtime.bigint();
  afterEach(() => {
    // The durations below add up to more than an hour.
    expect(Number(hrtime.bigint() - startedAt) / 1e9).toBeLessThan(300);
  });

  test("a peer that answers no ping is dropped after pongWait, to the second", async () => {
    const config = [setPingPeriod(30), setPongWait(60)];
    await using server = await startModules(defineModule({ config }));
    const dead = await connectClient(server.url("/test/ws"), { autoPong: false });
    // The first ping comes somewhere in the period after the first tick, so that those of many clients are spread over it.
    let isPinged = false;
    dead.socket.once("ping", () => {
      isPinged = true;
    });
    for (let second = 0; second < 31 && !isPinged; second += 1) await time.advance(1_000);
    expect(isPinged).toBe(true);
    await time.advance(60_000);
    expect(server.serve.module("test").stats()).toMatchObject({ connections: 1, timedOut: 0 });
    await time.advance(1_000);
    expect((await dead.closed).code).toBe(1006);
    expect(server.serve.module("test").stats()).toMatchObject({ connections: 0, timedOut: 1 });
  });

  test("peers that answer stay for an hour", async () => {
    await using server = await startModules(defineModule({ commands: [ping] }));
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => connectClient(server.url("/test/ws"))),
    );
    let pings = 0;
    clients[0]?.socket.on("ping", () => {
      pings += 1;
    });
    await time.advance(3_600_000);
    expect(server.serve.module("test").stats()).toMatchObject({ connections: 20, timedOut: 0 });
    // One each 10 s, the first of them somewhere in the first 10 s.
    expect(pings).toBeGreaterThanOrEqual(359);
    expect(pings).toBeLessThanOrEqual(360);
    expect(await clients[0]?.request("ping")).toEqual({ ping: "pong" });
  });

  test("a command is answered timeout when its time is up", async () => {
    const slow = defineCommand("slow", (ctx) => {
      ctx.send("begun");
      return new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
    });
    await using server = await startModules(
      defineModule({ commands: [slow], config: [setExecuteTimeout(300)] }),
    );
    const client = await connectClient(server.url("/test/ws"));
    client.send({ command: "slow", id: 1 });
    expect(await client.next()).toBe("begun");
    await time.advance(299_999);
    await expect(client.next(1)).rejects.toThrow("No message came");
    await time.advance(1);
    expect(await client.next()).toMatchObject({ id: 1, error: { code: "timeout" } });
  });

  test("a command's own timers pass too", async () => {
    const later = defineCommand("later", () => new Promise((resolve) => setTimeout(resolve, 5_000, "now")));
    await using server = await startModules(defineModule({ commands: [later] }));
    const client = await connectClient(server.url("/test/ws"));
    const reply = client.request("later");
    await time.advance(5_000);
    expect(await reply).toBe("now");
  });

  test("what a timer begins over sockets is over when time has passed, however often it goes to and fro", async () => {
    await using server = await startModules(defineModule({ commands: [ping] }));
    const client = await connectClient(server.url("/test/ws"));
    let replies = 0;
    setTimeout(async () => {
      for (; replies < 50; replies += 1) await client.request("ping");
    }, 1_000);
    await time.advance(1_000);
    expect(replies).toBe(50);
  });

  test("time passes also while sockets never fall silent", async () => {
    await using server = await startModules(defineModule({ commands: [ping] }));
    const client = await connectClient(server.url("/test/ws"));
    client.socket.on("message", () => client.send({ command: "ping" }));
    client.send({ command: "ping" });
    let hasFired = false;
    setTimeout(() => {
      hasFired = true;
    }, 1_000);
    await time.advance(1_000);
    expect(hasFired).toBe(true);
    client.socket.removeAllListeners("message");
  });

  test("a rate is refilled", async () => {
    await using server = await startModules(
      defineModule({ commands: [ping], config: [setCommandRate({ perSecond: 0.1, burst: 2 })] }),
    );
    const client = await connectClient(server.url("/test/ws"));
    const ask = () => client.request("ping").catch(({ code }: { code: string }) => code);
    const pong = { ping: "pong" };
    expect([await ask(), await ask(), await ask()]).toEqual([pong, pong, "rate_limited"]);
    await time.advance(9_999);
    expect(await ask()).toBe("rate_limited");
    await time.advance(1);
    expect([await ask(), await ask()]).toEqual([pong, "rate_limited"]);
  });

  test("a handshake that takes too long is refused", async () => {
    let asked = () => {};
    const asking = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const connect = (): Promise<void> => {
      asked();
      return new Promise(() => {});
    };
    await using server = await startModules(defineModule({ connect, config: [setHandshakeTimeout(20)] }));
    const refused = connectClient(server.url("/test/ws")).catch((error: unknown) => error);
    await asking;
    await time.advance(20_000);
    expect(await refused).toBeInstanceOf(HandshakeRefused);
    // Its `connect` never comes to an end, and the deadline of the shutdown is a timer too.
    time.restore();
  });

  test("an operation in real time takes no fake time", async () => {
    let connectedAt: Date | undefined;
    await using server = await startModules(
      defineModule({
        connect: (ctx) => {
          ({ connectedAt } = ctx);
        },
      }),
    );
    await time.advance(86_400_000);
    await connectClient(server.url("/test/ws"));
    expect(connectedAt?.getTime()).toBe(time.nowMs);
  });
});

describe("timers", () => {
  test("fire when they are due, in order, also those that others set", async () => {
    const fired: string[] = [];
    setTimeout(() => fired.push("20"), 20);
    setTimeout(() => {
      fired.push("10");
      setTimeout(() => fired.push("10+5"), 5);
    }, 10);
    setTimeout((...args: string[]) => fired.push(...args), 20, "20", "second");
    const timer = setInterval(() => fired.push("every 8"), 8);
    await time.advance(20);
    expect(fired).toEqual(["every 8", "10", "10+5", "every 8", "20", "20", "second"]);
    clearInterval(timer);
    await time.advance(1_000);
    expect(fired).toHaveLength(7);
  });

  test("are cleared by themselves or by their number, refreshed and counted from now", async () => {
    const fired: string[] = [];
    const [one, two, three] = ["one", "two", "three"].map((name) => setTimeout(() => fired.push(name), 10));
    clearTimeout(one);
    clearTimeout(Number(two));
    clearTimeout(undefined);
    await time.advance(5);
    expect(three?.unref().hasRef()).toBe(false);
    expect(three?.ref().refresh().hasRef()).toBe(true);
    await time.advance(9);
    expect(fired).toEqual([]);
    await time.advance(1);
    expect(fired).toEqual(["three"]);
    three?.refresh();
    await time.advance(10);
    expect(fired).toEqual(["three", "three"]);
  });

  test("of no delay wait a millisecond, as Node's do", async () => {
    const fired: number[] = [];
    setTimeout(() => fired.push(performance.now()));
    setTimeout(() => fired.push(performance.now()), 2 ** 31);
    const before = performance.now();
    await time.advance(0);
    expect(fired).toEqual([]);
    await time.advance(1);
    expect(fired.map((at) => Math.round(at - before))).toEqual([1, 1]);
  });

  test("that throw fail the test that lets time pass", async () => {
    setTimeout(() => {
      throw new Error("of the timer");
    }, 1);
    await expect(time.advance(1)).rejects.toThrow("of the timer");
  });
});

describe("the clocks", () => {
  test("advance together and stop between", async () => {
    const before = { date: Date.now(), performance: performance.now() };
    await time.advance(86_400_000);
    expect(Date.now() - before.date).toBe(86_400_000);
    expect(performance.now() - before.performance).toBe(86_400_000);
    expect(new Date().toISOString()).toBe(new Date(time.nowMs).toISOString());
    expect(new Date(0).getTime()).toBe(0);
    expect(new Date(2021, 3, 22) instanceof Date).toBe(true);
    expect(Date()).toBe(new Date().toString());
    expect(Date.UTC(1970, 0)).toBe(0);
  });

  test("are real again after restore, and what waited never fires", async () => {
    let hasFired = false;
    setTimeout(() => {
      hasFired = true;
    }, 1);
    time.restore();
    const before = hrtime.bigint();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(Number(hrtime.bigint() - before)).toBeGreaterThan(3e6);
    expect(Math.abs(Date.now() - time.nowMs)).toBeLessThan(60_000);
    expect(hasFired).toBe(false);
    expect(Object.hasOwn(performance, "now")).toBe(false);
  });

  test("are faked once", () => {
    expect(() => fakeTime()).toThrow("Call restore() first");
    time.restore();
    using other = fakeTime();
    expect(other.nowMs).toBe(Date.now());
  });
});
