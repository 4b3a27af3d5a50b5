// Koa as it is known: its application, sessions, and proxies in front of it.
import session from "koa-session";
import { afterEach, expect, test } from "vitest";
import { type SetWSServerConfig, setHttpRoutes, setTrustProxy, use, useApp } from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule } from "../serve/define-module.js";

let server: TestServer;
afterEach(() => server.close());

test("useApp: koa-session works unchanged: a handshake finds the values of an HTTP route, and the other way round", async () => {
  const who = defineCommand("who", (ctx) => ({ user: ctx.state.user }));
  server = await startModules(
    defineModule({
      commands: [who],
      config: [
        useApp((app) => {
          app.keys = ["a secret for the test"];
          app.use(session(app));
        }),
        use((ctx, next) => {
          ctx.state.user = ctx.session?.user;
          if (ctx.session) ctx.session.visits = Number(ctx.session.visits ?? 0) + 1;
          return next();
        }),
        setHttpRoutes((router) => {
          router.get("/login", (ctx) => {
            // koa-session adds it to Koa's own context type alone.
            const { session } = ctx as unknown as { session: { user?: string; visits: number } };
            session.user = "ann";
            ctx.body = { visits: session.visits };
          });
        }),
      ],
    }),
  );
  const http = server.url("/test/login").replace("ws:", "http:");
  const login = await fetch(http);
  expect(await login.json()).toEqual({ visits: 1 });
  const cookies = (response: Response): string =>
    response.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
  await using client = await connectClient(server.url("/test/ws"), { headers: { Cookie: cookies(login) } });
  expect(await client.request("who")).toEqual({ user: "ann" });
  // A forged cookie has the wrong signature.
  const forged = cookies(login).replace(/(koa\.sess=)[^;]+/, "$1eyJ1c2VyIjoiYm9iIn0=");
  await using stranger = await connectClient(server.url("/test/ws"), { headers: { Cookie: forged } });
  expect(await stranger.request("who")).toEqual({});
});

test("useApp: one that throws stops the start", async () => {
  const failing = defineModule({
    config: [
      useApp(() => {
        throw new Error("no secret");
      }),
    ],
  });
  await expect(startModules(failing)).rejects.toThrow("no secret");
  server = await startModules(defineModule());
});

test.each<[trusting: SetWSServerConfig, careful: SetWSServerConfig[], seen: string]>([
  [setTrustProxy(true), [], "127.0.0.1"],
  [setTrustProxy(2), [setTrustProxy(1)], "198.51.100.9"],
])(
  "a module that trusts a proxy more than another of its port makes none believe more",
  async (trusting, careful, seen) => {
    const ips: string[] = [];
    const see = use((ctx, next) => {
      ips.push(ctx.ip.replace("::ffff:", "").replace("::1", "127.0.0.1"));
      return next();
    });
    server = await startModules(
      defineModule({ flag: "trusting", config: [trusting, see] }),
      defineModule({ flag: "careful", config: [...careful, see] }),
    );
    for (const flag of ["trusting", "careful"]) {
      const url = server.url(`/${flag}/ws`).replace("ws:", "http:");
      await fetch(url, { headers: { "X-Forwarded-For": "203.0.113.7, 198.51.100.9" } });
    }
    expect(ips).toEqual([seen, seen]);
  },
);
