import Handlebars from "handlebars";
import { literal } from "../schema/encode.js";
import type { Json } from "../spec-file/spec.js";
import { markdownText, oneLineComment } from "./encoders.js";

/** Template texts by name: `module.ts` is `templates/module.ts.hbs`. */
export type Templates = ReadonlyMap<string, string>;

// One private instance for code. `noEscape`, because TypeScript is not HTML. So every value must pass an encoder for its context.
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

const runtimeOptions = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };

/**
 * Fills in a template of HTML, in which every value is escaped for text and quoted attributes, unless it has three braces.
 * The other templates of its folder that end with `.html` are its partials.
 * @throws Error as `fillTemplate`
 */
export function fillHtml(templates: Templates, name: string, view: object): string {
  const html = Handlebars.create();
  const folder = name.slice(0, name.lastIndexOf("/") + 1);
  for (const [path, text] of templates) {
    if (path !== name && path.startsWith(folder) && path.endsWith(htmlEnd))
      html.registerPartial(path.slice(folder.length, -htmlEnd.length), text.trimEnd());
  }
  const template = html.compile(getTemplate(templates, name), { strict: true, knownHelpersOnly: true });
  return template(view, runtimeOptions);
}

const htmlEnd = ".html";

/** @throws Error if the template does not exist */
export function getTemplate(templates: Templates, name: string): string {
  const text = templates.get(name);
  if (text === undefined) throw new Error(`There is no template '${name}'.`);
  return text;
}

/**
 * Fills in a template.
 * @throws Error when the template, or a value that it names, does not exist: a defect of wsgen, never of the user.
 */
export function fillTemplate(templates: Templates, name: string, view: object): string {
  const known = compiled.get(templates) ?? new Map<string, HandlebarsTemplateDelegate>();
  compiled.set(templates, known);
  let template = known.get(name);
  if (template === undefined) {
    template = handlebars.compile(getTemplate(templates, name), compileOptions);
    known.set(name, template);
  }
  const text = template(view, runtimeOptions);
  // A list at the end of a template leaves an empty line. A file ends with exactly one line end.
  return `${text.trimEnd()}\n`;
}
