import { defineConfig } from "@adonisjs/core/app";
export default defineConfig({
  commands: [() => import("@adonisjs/core/commands")],
  providers: [
    () => import("@adonisjs/core/providers/app_provider"),
    () => import("@adonisjs/core/providers/hash_provider"),
    { file: () => import("@adonisjs/core/providers/repl_provider"), environment: ["repl", "test"] },
  ],
  preloads: [() => import("#start/routes"), () => import("#start/kernel")],
});
