import { declareType } from "./declare-type.js";
import { fillTemplate, type Templates } from "./engine.js";
import { withGeneratedHeader } from "./generated-header.js";
import { commandView, moduleGeneratedView, moduleTestView, moduleView } from "./module-views.js";
import { mainView, projectFileView } from "./project-views.js";
import type { View } from "./view.js";

export interface RenderContext {
  readonly templates: Templates;
  /** The version of wsgen, for the header of generated files. */
  readonly version: string;
  /** The text of `wsgen.schema.json`. */
  readonly specSchema: string;
}

/** The text of one file. */
export function render(view: View, context: RenderContext): string {
  const fill = (name: string, values: object) => fillTemplate(context.templates, name, values);
  const generated = (body: string) => withGeneratedHeader(body, context.version);
  switch (view.template) {
    case "main":
      return fill("main.ts", mainView(view.model));
    case "module":
      return fill("module.ts", moduleView(view.module));
    case "command":
      return fill("command.ts", commandView(view.module, view.command));
    case "module-test":
      return fill("module-test.ts", moduleTestView(view.module));
    case "module-gen":
      return generated(fill("module-gen.ts", moduleGeneratedView(view.model, view.module)));
    case "schemas-gen":
      return generated(schemaDeclarations(view));
    case "spec-schema":
      return context.specSchema;
    case "project-file":
      return fill(`project/${view.name}`, projectFileView(view.model, view.packages));
  }
}

function schemaDeclarations({ model }: Extract<View, { template: "schemas-gen" }>): string {
  const references = { model, used: new Set<string>() };
  return model.schemas
    .map(({ typeName, schema, wireName }) =>
      declareType(references, {
        name: typeName,
        schema,
        absent: "unknown",
        description: `The shared schema ${wireName}.`,
      }),
    )
    .join("\n");
}
