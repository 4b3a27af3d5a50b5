/** Close codes with the meaning that RFC 6455 §7.4.1 and IANA's registry give them. */
export const CloseCode = {
  /** The connection has done its work. */
  normal: 1000,
  /** The server shuts down, or the page was left. */
  goingAway: 1001,
  /** The peer broke the protocol. */
  protocolError: 1002,
  /** Data of an unsupported kind, such as binary instead of text. */
  unsupportedData: 1003,
  /** Never sent: the close frame had no code. */
  noStatus: 1005,
  /** Never sent: the connection ended without a close frame. */
  abnormal: 1006,
  /** Text that is not UTF-8. */
  invalidPayload: 1007,
  /** A rule of the server was broken. */
  policyViolation: 1008,
  /** A message that is larger than the server allows. */
  messageTooBig: 1009,
  /** The client expected an extension that the server did not accept. */
  mandatoryExtension: 1010,
  /** An unexpected condition in the server. */
  internalError: 1011,
  serviceRestart: 1012,
  /** The server is overloaded, or the client reads too slowly. */
  tryAgainLater: 1013,
  badGateway: 1014,
  /** Never sent: the TLS handshake failed. */
  tlsHandshake: 1015,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

const neverSent: readonly number[] = [1004, CloseCode.noStatus, CloseCode.abnormal];

/** True for a code that a close frame may have. RFC 6455 §7.4: the sendable ones below 1015, and 3000–4999. */
export const isSendableCloseCode = (code: number): boolean =>
  Number.isInteger(code) &&
  ((code >= 1000 && code <= 1014 && !neverSent.includes(code)) || (code >= 3000 && code <= 4999));

const refusing: readonly number[] = [
  CloseCode.normal,
  CloseCode.policyViolation,
  CloseCode.internalError,
  CloseCode.tryAgainLater,
];

/** True for a code that may refuse a handshake. The others belong to the protocol, not to an application. */
export const isRefusingCloseCode = (code: number): boolean =>
  refusing.includes(code) || (Number.isInteger(code) && code >= 3000 && code <= 4999);

/** A control frame has at most 125 bytes (RFC 6455 §5.5). Two of them are the close code. */
const maxReasonBytes = 123;

/** Cuts a close reason to 123 bytes of UTF-8 without splitting a character. */
export function truncateCloseReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= maxReasonBytes) return bytes.toString();
  let end = maxReasonBytes;
  while (isContinuationByte(bytes[end])) end -= 1;
  return bytes.toString("utf8", 0, end);
}

const isContinuationByte = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80;
