/** An error response of the admin API. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  /** HTTP status, 400–599. */
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    {
      message,
      headers = {},
    }: { readonly message: string; readonly headers?: Readonly<Record<string, string>> },
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The error for a request that is not valid. */
export const invalidRequest = (message: string): AdminError =>
  new AdminError(400, "invalid_request", { message });
