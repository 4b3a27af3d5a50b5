import { readFile } from "node:fs/promises";
import type { Context } from "koa";
import Router from "koa-router";
import { AdminError } from "./admin-error.js";

/** Made by the build. Read on request. */
const folder = new URL("../../dist/inspector-page/", import.meta.url);

const types: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "LICENSES.txt": "text/plain; charset=utf-8",
};

/** The page of the inspector. It shows nothing without the answers of the admin API, so it needs no token. */
export function pageRoutes(): Router {
  const router = new Router();
  router.get("/inspector", (ctx) => {
    // The links of the page are relative, so that a proxy may add a prefix.
    if (ctx.path.endsWith("/")) return sendFile(ctx, "index.html");
    ctx.redirect("inspector/");
    return undefined;
  });
  for (const name of Object.keys(types)) router.get(`/inspector/${name}`, (ctx) => sendFile(ctx, name));
  return router;
}

async function sendFile(ctx: Context, name: string): Promise<void> {
  ctx.set({ "Content-Security-Policy": createPolicy(ctx.hostname), "Referrer-Policy": "no-referrer" });
  ctx.type = types[name] ?? "";
  ctx.body = await readFile(new URL(name, folder)).catch((cause) => {
    throw new AdminError(404, "not_found", {
      message: `The page of the inspector is not in this installation: ${cause.code}.`,
    });
  });
}

/** Only files and requests of this server, and WebSockets of its host, for "Try it". */
function createPolicy(hostname: string): string {
  // A host name may be anything that a client sends.
  const host = /^[\w.-]+$/.test(hostname) ? hostname : "localhost";
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    `connect-src 'self' ws://${host}:* wss://${host}:*`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
