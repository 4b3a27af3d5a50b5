import type { CompiledModule, CompiledSchemas } from "../compile-schemas/compile-schemas.js";
import type { CommandModel, GuardModel, Model, ModuleModel } from "../model/model.js";
import { layout, type ModuleTemplate } from "../model/module-files.js";
import { clientView } from "./client-view.js";
import { oneLineComment } from "./encoders.js";
import { fillTemplate, getTemplate, type Templates } from "./engine.js";
import { withGeneratedComment, withGeneratedHeader } from "./generated-header.js";
import { contractView, moduleGeneratedView, schemasGeneratedView } from "./generated-views.js";
import { commandView, generatedTestView, guardView, moduleView, testSetupView } from "./module-views.js";
import { mainView, projectFileView } from "./project-views.js";

/** The source of a file: the name of a template and the part of the model that it shows. */
export type View =
  | {
      readonly template: "project-file";
      readonly name: string;
      readonly model: Model;
      readonly packages: PackageSpecs;
    }
  | { readonly template: "main"; readonly model: Model }
  | { readonly template: "spec-schema" | "client-core" }
  | { readonly template: "schemas-gen"; readonly model: Model }
  | { readonly template: "command"; readonly module: ModuleModel; readonly command: CommandModel }
  | { readonly template: "guard"; readonly module: ModuleModel; readonly guard: GuardModel }
  | { readonly template: ModuleTemplate; readonly model: Model; readonly module: ModuleModel };

/** External values for a new project. */
export interface PackageSpecs {
  /** The two packages: npm specs such as `^0.1.0` or `file:vendor/wsgen-0.1.0.tgz`. */
  readonly runtime: string;
  readonly generator: string;
  /** The spec's path from the project, if it is not the project's own `wsgen.yaml`. */
  readonly spec?: string | undefined;
}

interface RenderContext {
  readonly templates: Templates;
  /** The version of wsgen, for the header of generated files. */
  readonly version: string;
  /** The name of the spec, for the same header. Default: `wsgen.yaml`. */
  readonly spec?: string | undefined;
  /** The content of `wsgen.schema.json`. */
  readonly specSchema: object;
  readonly compiled: CompiledSchemas;
}

/** The text of one file. */
export function render(view: View, context: RenderContext): string {
  const { templates, version, spec = layout.spec, compiled } = context;
  const fill = (name: string, values: object) => fillTemplate(templates, name, values);
  const generated = (name: string, values: object) =>
    withGeneratedHeader(fill(name, values), version, oneLineComment(spec));
  switch (view.template) {
    case "main":
      return fill("main.ts", mainView(view.model));
    case "module":
      return fill("module.ts", moduleView(view.module));
    case "command":
      return fill("command.ts", commandView(view.module, view.command));
    case "guard":
      return fill("guard.ts", guardView(view.module, view.guard));
    case "module-test":
      return fill(
        "module-test.ts",
        testSetupView(view.module, compiled.handshakeSamples.get(view.module.wireName)),
      );
    case "module-gen":
      return generated(
        "module-gen.ts",
        moduleGeneratedView(view.model, view.module, getModule(view.module, compiled)),
      );
    case "module-contract":
      return generated("module-contract.ts", contractView(view.model, view.module));
    case "module-gen-test":
      return generated(
        "module-gen-test.ts",
        generatedTestView(view.module, getModule(view.module, compiled)),
      );
    case "client":
      return generated("client.ts", clientView(view.model, view.module, getModule(view.module, compiled)));
    case "client-core":
      // Code as it is, without anything to fill in.
      return withGeneratedHeader(getTemplate(templates, "client-core.ts"), version, oneLineComment(spec));
    case "schemas-gen":
      return generated("schemas-gen.ts", schemasGeneratedView(view.model, compiled.schemas));
    case "spec-schema":
      return withGeneratedComment(context.specSchema);
    case "project-file":
      return fill(`project/${view.name}`, projectFileView(view.model, view.packages, compiled));
  }
}

function getModule({ wireName }: ModuleModel, { modules }: CompiledSchemas): CompiledModule {
  const compiled = modules.get(wireName);
  if (compiled === undefined) throw new Error(`The module '${wireName}' was not compiled.`);
  return compiled;
}
