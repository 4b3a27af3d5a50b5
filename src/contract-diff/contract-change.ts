import { styleText } from "node:util";
import type { Location } from "../diagnostics/diagnostic.js";
import { escapeControls } from "../diagnostics/display-text.js";
import { type ContractCode, contractCodes } from "./contract-codes.js";

/** One difference between the contract of an old spec and that of a new one. */
export interface ContractChange {
  /** Whether a client that was written for the old spec can fail with the new one. */
  readonly breaking: boolean;
  readonly code: ContractCode;
  /** What changed: `chat`, `chat.say`, `chat.say request /text`, `chat config maxMessageSize`. */
  readonly where: string;
  /** The old rule, the new rule, and which clients break. */
  readonly message: string;
  /** In the new spec; for removed items, in the old one. */
  readonly at: Location;
}

/** A change whose code alone decides whether it breaks clients. */
export const createChange = (
  code: ContractCode,
  message: string,
  { where, at }: Pick<ContractChange, "where" | "at">,
): ContractChange => ({
  breaking: contractCodes.get(code)?.breaks === "always",
  code,
  where,
  message: toSentence(message),
  at,
});

/** Adds a capital letter and a full stop. */
export const toSentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith("?") ? "" : "."}`;

/** How two contracts are compared. */
export interface DiffOptions {
  /**
   * Assumes that clients may have sent fields that a request's schema does not name. Then a new optional field
   * breaks clients that sent something else by its name. Default: false.
   */
  readonly isStrict?: boolean;
}

/** A name of the spec within a message. */
export const quoteName = (name: string): string => `'${name}'`;

interface PrintOptions {
  /** How the two specs are called: `HEAD~1:wsgen.yaml`. */
  readonly before: string;
  readonly after: string;
  readonly color: boolean;
}

type Format = Parameters<typeof styleText>[0];

/** Prints the changes for a person: breaking ones first, each with its code, message and location. */
export function printChanges(changes: readonly ContractChange[], options: PrintOptions): string {
  const paint = (format: Format, text: string): string =>
    options.color ? styleText(format, text, { validateStream: false }) : text;
  const names = `${escapeControls(options.before)} → ${escapeControls(options.after)}`;
  if (changes.length === 0) return `${names}: the contract is the same.\n`;
  const breaking = changes.filter((change) => change.breaking);
  const compatible = changes.filter((change) => !change.breaking);
  const group = (title: string, format: Format, members: readonly ContractChange[]): readonly string[] =>
    members.length === 0
      ? []
      : ["", paint(format, title), ...members.flatMap((change) => formatChange(change, paint))];
  return [
    `${names}: ${breaking.length} breaking, ${compatible.length} compatible`,
    ...group("Breaking", ["bold", "red"], breaking),
    ...group("Compatible", ["bold", "green"], compatible),
    "",
  ].join("\n");
}

function formatChange(
  { where, code, message, at }: ContractChange,
  paint: (format: Format, text: string) => string,
): readonly string[] {
  return [
    `  ${paint("bold", escapeControls(where))} ${paint("dim", `[${code}]`)}`,
    `    ${escapeControls(message)}`,
    `    ${paint("dim", `${escapeControls(at.file)}:${at.line}:${at.column}`)}`,
  ];
}
