/** Whether the lines of a text end with CRLF, as its first one does. */
export const usesCrlf = (text: string): boolean => text[text.indexOf("\n") - 1] === "\r";

export const withCrlf = (text: string): string => text.replaceAll(/\r?\n/g, "\r\n");
