import type { Middleware } from "koa";
import { toError } from "../boundary.js";

/**
 * Stands before all other middlewares. A request whose target is an absolute URL that cannot be parsed (`GET http://[/
 * HTTP/1.1`) is answered 400: looking at its path throws, in whatever middleware does so first. Whatever a middleware
 * throws becomes an `Error`: Koa does not answer at all where that is null, and throws itself at some proxies.
 */
export const answerErrors: Middleware = async (ctx, next) => {
  if (!isReadable(() => ctx.path)) {
    ctx.status = 400;
    ctx.body = { error: { code: "bad_request", message: "The target of the request is not a URL." } };
    return;
  }
  try {
    await next();
  } catch (thrown) {
    throw toError(thrown);
  }
};

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
