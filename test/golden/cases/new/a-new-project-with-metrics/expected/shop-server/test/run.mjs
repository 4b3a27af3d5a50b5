// Yours: runs the compiled tests. Node 20 accepts no glob pattern, and not every shell expands one.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const folder = join("dist", "test");
const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".test.js"));
const paths = files.sort().map((file) => join(folder, file));
const args = ["--test", ...process.argv.slice(2), ...paths];
const { status } = paths.length > 0 ? spawnSync(process.execPath, args, { stdio: "inherit" }) : { status: 0 };
process.exitCode = status ?? 1;
