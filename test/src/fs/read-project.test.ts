import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFiles, readProject } from "../../../src/fs/read-project.js";
import { makeFolder } from "./snapshot.js";

describe("readProject, readFiles", () => {
  test("keeps every byte of a text, and bytes that are not text", async () => {
    const root = makeFolder({ "a.ts": "\uFEFFa\r\nb" });
    writeFileSync(join(root, "b.bin"), new Uint8Array([0xff, 0xfe]));
    const tree = await readFiles(root, ["a.ts", "b.bin", "absent.ts", "absent/c.ts", "a.ts/d.ts"]);
    expect([...tree.keys()]).toEqual(["a.ts", "b.bin"]);
    expect(tree.get("a.ts")).toBe("\uFEFFa\r\nb");
    expect(tree.get("b.bin")).toEqual(Buffer.from([0xff, 0xfe]));
  });

  test("refuses a path that leaves the project", async () => {
    expect(() => readFiles(makeFolder(), ["../x"])).toThrow(
      expect.objectContaining({ code: "outside-project" }),
    );
  });

  test("finds the source, and leaves out folders of tools and links", async () => {
    const root = makeFolder({
      "wsgen.yaml": "wsgen: 1\n",
      "src/b.ts": "b",
      "src/a.ts": "a",
      "node_modules/x/index.js": "x",
      "src/node_modules/y.js": "y",
      "dist/a.js": "a",
      ".git/config": "",
      ".wsgen/lock": "",
    });
    symlinkSync("/etc", join(root, "out"));
    symlinkSync("/etc/hostname", join(root, "host.ts"));
    expect([...(await readProject(root)).keys()]).toEqual(["src/a.ts", "src/b.ts", "wsgen.yaml"]);
    const sources = await readProject(root, (path) => path.endsWith(".ts"));
    expect([...sources.keys()]).toEqual(["src/a.ts", "src/b.ts"]);
  });

  test("a folder of the source may have the name of a tool's top-level folder", async () => {
    const own = ["src/modules/dist/a.ts", "src/modules/logs/a.ts", "src/modules/vendor/a.ts"];
    const files = [...own, "dist/a.js", "logs/a.log", "vendor/a.tgz", "coverage/a.html"];
    const root = makeFolder(Object.fromEntries(files.map((path) => [path, "a"])));
    expect([...(await readProject(root)).keys()]).toEqual(own);
  });

  test("a missing project is empty", async () => {
    expect((await readProject(join(makeFolder(), "absent"))).size).toBe(0);
  });
});
