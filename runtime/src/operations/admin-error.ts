/** What the admin API answers in place of what was asked for. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  /** HTTP status, 400–599. */
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A request that cannot be understood as it is. */
export const invalidRequest = (message: string): AdminError =>
  new AdminError(400, "invalid_request", message);
