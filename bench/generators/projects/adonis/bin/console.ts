import "reflect-metadata";
import { Ignitor, prettyPrintError } from "@adonisjs/core";

const APP_ROOT = new URL("../", import.meta.url);
const IMPORTER = (filePath: string) =>
  import(
    filePath.startsWith("./") || filePath.startsWith("../") ? new URL(filePath, APP_ROOT).href : filePath
  );

new Ignitor(APP_ROOT, { importer: IMPORTER })
  .tap((app) => {
    app.booting(async () => {
      await import("#start/env");
    });
  })
  .ace()
  .handle(process.argv.splice(2))
  .catch((error) => {
    process.exitCode = 1;
    prettyPrintError(error);
  });
