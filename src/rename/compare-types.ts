import { SharedSchemas } from "../compile-schemas/compile-schemas.js";
import type { Model, ModuleModel } from "../model/model.js";
import { layout } from "../model/module-files.js";
import { TypeScope } from "../render/encoders.js";
import { compiler, type ts } from "../syntax/compiler.js";
import { parseSource } from "../syntax/parse-source.js";
import type { SymbolRename } from "../syntax/rename-symbol.js";

/**
 * Finds the types, and the members of types, that have another name in the next model. Apart from names, the types of both models
 * must be the same.
 * @param present where the generated files are
 */
export function compareTypes(usual: Model, next: Model, present: Model): SymbolRename[] {
  const after = listTypes(next);
  const renamed = listTypes(usual).flatMap(({ module, role, text }, index) => {
    const to = listNames(after[index]?.text ?? "");
    const files = present.modules.flatMap((each) =>
      module === undefined || each.wireName === module ? [each.files[role]] : [],
    );
    return listNames(text).flatMap(({ name, owners }, at): SymbolRename[] => {
      const other = to[at]?.name ?? name;
      if (name === other) return [];
      const symbol = { name, to: other, ...(owners.length > 0 && { owners, isData: true }) };
      return [...(module === undefined ? [layout.schemas] : []), ...files].map((file) => ({
        file,
        ...symbol,
      }));
    });
  });
  // The alternatives of a union have the same path.
  return [...new Map(renamed.map((symbol) => [JSON.stringify(symbol), symbol])).values()];
}

interface DeclaredTypes {
  /** The name of the module; undefined for the shared schemas, whose types are in every client that uses them, too. */
  readonly module?: string;
  readonly role: "generated" | "client";
  readonly text: string;
}

/** The types that the generated files declare for schemas. */
function listTypes(model: Model): readonly DeclaredTypes[] {
  const shared = new SharedSchemas(model);
  const types = new TypeScope(model);
  const listOwn = (module: ModuleModel, role: DeclaredTypes["role"]): DeclaredTypes => {
    const isClient = role === "client";
    const own = [
      ...module.handshake.map((part) => types.handshake(part, isClient ? "sent" : "schema")),
      types.publicState(module),
      ...module.commands.flatMap((command) => {
        const defaults = shared.readDefaults(command);
        return [types.request(command, isClient ? defaults?.sent : defaults?.filled), types.reply(command)];
      }),
      ...module.events.map((event) => types.event(event)),
      ...module.errors.map((error) => types.error(error)),
    ];
    return { module: module.wireName, role, text: own.join("\n") };
  };
  return [
    { role: "client", text: model.schemas.map((schema) => types.schema(schema)).join("\n") },
    ...model.modules.flatMap((module) => [listOwn(module, "generated"), listOwn(module, "client")]),
  ];
}

/** The names of types and of their members, in the order of the text. */
function listNames(text: string): readonly { readonly name: string; readonly owners: readonly string[] }[] {
  const found: { name: string; owners: readonly string[] }[] = [];
  const visit = (node: ts.Node, owners: readonly string[]): void => {
    const isNamed =
      compiler.isInterfaceDeclaration(node) ||
      compiler.isTypeAliasDeclaration(node) ||
      compiler.isPropertySignature(node);
    const name = isNamed && "text" in node.name ? node.name.text : undefined;
    if (name !== undefined) found.push({ name, owners });
    compiler.forEachChild(node, (child) => visit(child, name === undefined ? owners : [...owners, name]));
  };
  visit(parseSource("types.ts", text).file, []);
  return found;
}
