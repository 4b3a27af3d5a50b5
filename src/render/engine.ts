import Handlebars from "handlebars";
import { literal } from "../schema/encode.js";
import type { Json } from "../spec-file/spec.js";
import { markdownText, oneLineComment } from "./encoders.js";

/** Template texts by name: `module.ts` is `templates/module.ts.hbs`. */
export type Templates = ReadonlyMap<string, string>;

// One private instance. `noEscape`, because TypeScript is not HTML: so every value passes an encoder of its context.
const handlebars = Handlebars.create();
handlebars.registerHelper("literal", (value: Json) => literal(value));
handlebars.registerHelper("comment", (value: string) => oneLineComment(value));
handlebars.registerHelper("markdown", (value: string) => markdownText(value));

const compileOptions: CompileOptions = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { literal: true, comment: true, markdown: true },
};

const compiled = new WeakMap<Templates, Map<string, HandlebarsTemplateDelegate>>();

/**
 * Fills one template in.
 * @throws Error when there is no such template or a value that it names is absent: our defect, never the user's.
 */
export function fillTemplate(templates: Templates, name: string, view: object): string {
  const known = compiled.get(templates) ?? new Map<string, HandlebarsTemplateDelegate>();
  compiled.set(templates, known);
  let template = known.get(name);
  if (template === undefined) {
    const text = templates.get(name);
    if (text === undefined) throw new Error(`There is no template ${JSON.stringify(name)}.`);
    template = handlebars.compile(text, compileOptions);
    known.set(name, template);
  }
  const text = template(view, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
  // A list at the end of a template leaves an empty line behind; a file ends with exactly one line end.
  return `${text.trimEnd()}\n`;
}
