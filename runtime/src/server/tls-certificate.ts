import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createSecureContext, type Server } from "node:tls";
import { contain } from "../boundary.js";
import type { TlsOptions } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import { ConfigurationError, reasonOf, titleOf } from "../errors.js";

/** The contents of the PEM files. */
export interface Credentials {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
}

/** The module that sets `tls`. */
export interface TlsSetting {
  readonly flag: string;
  readonly tls: TlsOptions;
  readonly log: Logger;
}

/** How often the files are looked at. A change counts when the next look finds the same, so after at most twice that. */
const lookMs = 5_000;

/** The certificate of one port. Reloads its files after a change. */
export class TlsCertificate {
  readonly #server: Server;
  readonly #setting: TlsSetting;
  #inUse: Credentials;
  /** The files as the last look saw them, and as they were when a look had them read. */
  #seen = "";
  #read = "";
  #isLooking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(server: Server, inUse: Credentials, setting: TlsSetting) {
    this.#server = server;
    this.#inUse = inUse;
    this.#setting = setting;
  }

  /** Looks at the files from now on. */
  watch(): void {
    const place = { entry: "timer", log: this.#setting.log } as const;
    const look = () => {
      if (this.#isLooking) return;
      this.#isLooking = true;
      void contain<void>(
        place,
        () => this.#look(),
        () => undefined,
      );
    };
    this.#timer = setInterval(look, lookMs).unref();
  }

  unwatch(): void {
    clearInterval(this.#timer);
  }

  /** Reads the files for the connections to come. @returns why the certificate in use stays, which is logged too */
  reload(): ConfigurationError | undefined {
    const { tls, log } = this.#setting;
    const { certFile } = tls;
    try {
      const credentials = readCredentials(this.#setting);
      if (isSame(credentials, this.#inUse)) return undefined;
      this.#server.setSecureContext(credentials);
      this.#inUse = credentials;
    } catch (error) {
      const expires = expiryOf(this.#inUse);
      const { message } = error as ConfigurationError;
      log.error(
        { certFile, reason: message, expires },
        "TLS certificate not renewed, keeping the current one",
      );
      return error as ConfigurationError;
    }
    log.info({ certFile, expires: expiryOf(this.#inUse) }, "TLS certificate renewed");
    return undefined;
  }

  async #look(): Promise<void> {
    const { certFile, keyFile, caFile = certFile } = this.#setting.tls;
    const seen = (await Promise.all([certFile, keyFile, caFile].map(stateOf))).join();
    this.#isLooking = false;
    // Files that are still being written or replaced are left alone.
    const isSettled = seen === this.#seen;
    this.#seen = seen;
    if (!isSettled || seen === this.#read) return;
    this.#read = seen;
    this.reload();
  }
}

/**
 * Reads the files and checks that they fit, for OpenSSL takes a key of another kind and authorities that it cannot read,
 * and fails at each handshake then.
 * @throws ConfigurationError
 */
export function readCredentials({ flag, tls }: Pick<TlsSetting, "flag" | "tls">): Credentials {
  const { certFile, keyFile, caFile } = tls;
  let file = certFile;
  try {
    const cert = readFileSync(certFile);
    const certificate = new X509Certificate(cert);
    file = keyFile;
    const key = readFileSync(keyFile);
    if (!certificate.checkPrivateKey(createPrivateKey(key))) {
      throw new Error(`it is not the key of the certificate in ${certFile}`);
    }
    file = caFile ?? certFile;
    const ca = caFile === undefined ? undefined : readFileSync(caFile);
    if (ca !== undefined) checkAuthorities(ca);
    file = certFile;
    createSecureContext({ cert, key, ca });
    return { cert, key, ca };
  } catch (cause) {
    throw new ConfigurationError(`${titleOf(flag)}: tls: cannot use ${file}: ${reasonOf(cause)}.`, {
      code: "invalid_certificate",
      cause,
    });
  }
}

/** @throws Error if a certificate cannot be read or is missing */
function checkAuthorities(pem: Buffer): void {
  const blocks = pem.toString("latin1").split(/(?=-----BEGIN )/);
  const certificates = blocks.filter((block) => /^-----BEGIN [A-Z\d ]*CERTIFICATE-----/.test(block));
  for (const block of certificates.length === 0 ? [pem] : certificates) new X509Certificate(block);
}

/** Through links, so that a link, or a folder of links, that is replaced is noticed too. */
async function stateOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

const isSame = (one: Credentials, other: Credentials): boolean =>
  one.cert.equals(other.cert) && one.key.equals(other.key) && String(one.ca) === String(other.ca);

const expiryOf = ({ cert }: Credentials): string => new Date(new X509Certificate(cert).validTo).toISOString();
