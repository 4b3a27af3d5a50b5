import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { HttpRoutes } from "wsgen-runtime";

/** What a browser may load: the page, and the generated client with its core. */
const folders = {
  "/web/:file": new URL("../../../../web/", import.meta.url),
  "/web/client/:file": new URL("../../../client/", import.meta.url),
};

const types: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
]);

/** Serves the page at `/chat/web/`. A real site would leave this to its web server. */
export const webPage: HttpRoutes = (router) => {
  router.get("/web", (ctx) =>
    ctx.path.endsWith("/") ? serve(ctx, folders["/web/:file"], "index.html") : ctx.redirect(`${ctx.path}/`),
  );
  for (const [route, folder] of Object.entries(folders)) {
    router.get(route, (ctx) => serve(ctx, folder, String(ctx.params.file)));
  }
};

/** A name is one segment of letters and the like, so that it cannot lead out of its folder. */
async function serve(ctx: { type: string; body: unknown }, folder: URL, file: string): Promise<void> {
  const type = /^[\w-]+(\.[\w-]+)*$/.test(file) ? types.get(extname(file)) : undefined;
  if (type === undefined) return;
  try {
    ctx.body = await readFile(new URL(file, folder));
    ctx.type = type;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
