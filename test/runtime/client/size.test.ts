import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";

const client = fileURLToPath(new URL("../../../runtime/src/client/index.ts", import.meta.url));

/** What a browser loads of these exports. */
async function bundle(names: string): Promise<string> {
  const build = await rolldown({
    input: "entry",
    platform: "browser",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? id : undefined),
        load: (id) => (id === "entry" ? `export { ${names} } from ${JSON.stringify(client)};` : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  await build.close();
  expect(output).toHaveLength(1);
  return output[0].code;
}

describe("what a browser loads", () => {
  test("is at most 3,700 bytes for the core, minified and compressed", async () => {
    const code = await bundle("createClient, bindCommands");
    expect(gzipSync(code).length).toBeLessThanOrEqual(3_700);
  });

  test("is at most 1,300 bytes more for a page with bytes, and nothing for one without", async () => {
    const plain = await bundle("createClient, bindCommands");
    const converting = await bundle("createClient, bindCommands, convertBytes");
    expect(plain).not.toMatch(/atob|base64|propertyIsEnumerable/);
    expect(gzipSync(converting).length - gzipSync(plain).length).toBeLessThanOrEqual(1_300);
  });

  test("imports nothing", async () => {
    const code = await bundle(
      "createClient, bindCommands, convertBytes, createEnvelope, createResume, ReplyError, ClientError, shouldReconnect",
    );
    expect(code).not.toMatch(/\b(?:import|require|process|Buffer)\b/);
  });

  test("leaves out unused code", async () => {
    expect(await bundle("createClient")).not.toMatch(/onResumed|correlation/);
    expect(await bundle("shouldReconnect")).not.toContain("class");
  });
});
