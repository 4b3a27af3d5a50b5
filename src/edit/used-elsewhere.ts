import type { IsUsedElsewhere } from "./add-elements.js";

/**
 * Tells whether a class is used in a file of the source other than this one, told from the text alone: its own file,
 * imports, re-exports and comments do not count. So a list that a factory or a container of the user's makes is known to
 * have what that file instantiates.
 */
export function usedElsewhere(files: ReadonlyMap<string, string>, path: string): IsUsedElsewhere {
  return (className) => {
    const word = new RegExp(String.raw`\b${className.replaceAll("$", String.raw`\$`)}\b`);
    return [...files].some(
      ([file, text]) =>
        file !== path &&
        file.startsWith("src/") &&
        text.includes(className) &&
        !text.includes(`class ${className}`) &&
        word.test(text.replaceAll(notUses, "")),
    );
  };
}

const notUses = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|^\s*(?:import|export)\b[^;=]*?\bfrom\s*["'][^"']*["'];?/gm;
