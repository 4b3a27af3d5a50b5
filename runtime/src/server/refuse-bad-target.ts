import type { Middleware } from "koa";

/**
 * Answers 400 where the target of a request is an absolute URL that is none (`GET http://[/ HTTP/1.1`): looking at
 * its path throws, in whatever middleware does it first, and the mistake is the client's.
 */
export const refuseBadTarget: Middleware = (ctx, next) => {
  if (isReadable(() => ctx.path)) return next();
  ctx.status = 400;
  ctx.body = { error: { code: "bad_request", message: "The target of the request is not a URL." } };
  return undefined;
};

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
