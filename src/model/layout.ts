/** The files of a generated project that belong to no module. */
export const layout = {
  spec: "wsgen.yaml",
  specSchema: "wsgen.schema.json",
  main: "src/main.ts",
  schemas: "src/schemas.gen.ts",
} as const;
