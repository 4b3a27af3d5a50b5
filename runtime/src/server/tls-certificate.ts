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

/** The interval of the checks. Changed files are read when two checks in a row see the same, so after 10 s at the latest. */
const checkIntervalMs = 5_000;

/** The certificate of one port. Reloads its files after a change. */
export class TlsCertificate {
  readonly #server: Server;
  readonly #setting: TlsSetting;
  #inUse: Credentials;
  /** The state of the files at the last check. */
  #seen = "";
  /** The state of the files at the last automatic reload. */
  #read = "";
  #isChecking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(server: Server, inUse: Credentials, setting: TlsSetting) {
    this.#server = server;
    this.#inUse = inUse;
    this.#setting = setting;
  }

  /** Starts to check the files. */
  watch(): void {
    const place = { entry: "timer", log: this.#setting.log } as const;
    const check = () => {
      if (this.#isChecking) return;
      this.#isChecking = true;
      void contain(place, () => this.#check());
    };
    this.#timer = setInterval(check, checkIntervalMs).unref();
  }

  unwatch(): void {
    clearInterval(this.#timer);
  }

  /** Reads the files for new connections. @returns the reason if the current certificate is kept; it is also logged */
  reload(): ConfigurationError | undefined {
    const { tls, log } = this.#setting;
    const { certFile } = tls;
    try {
      const credentials = readCredentials(this.#setting);
      if (isSame(credentials, this.#inUse)) return undefined;
      this.#server.setSecureContext(credentials);
      this.#inUse = credentials;
    } catch (error) {
      const expires = readExpiry(this.#inUse);
      const { message } = error as ConfigurationError;
      log.error(
        { certFile, reason: message, expires },
        "TLS certificate not renewed, keeping the current one",
      );
      return error as ConfigurationError;
    }
    log.info({ certFile, expires: readExpiry(this.#inUse) }, "TLS certificate renewed");
    return undefined;
  }

  async #check(): Promise<void> {
    const { certFile, keyFile, caFile = certFile } = this.#setting.tls;
    const seen = (await Promise.all([certFile, keyFile, caFile].map(describeState))).join();
    this.#isChecking = false;
    // Files that changed since the last check may still be incomplete.
    const isSettled = seen === this.#seen;
    this.#seen = seen;
    if (!isSettled || seen === this.#read) return;
    this.#read = seen;
    this.reload();
  }
}

/**
 * Reads the files and checks that they belong together. OpenSSL accepts a key of another kind and unreadable authorities,
 * and then fails at each handshake.
 * @throws ConfigurationError `invalid_certificate`
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

/** Follows links, so that a replaced link, or a replaced folder of links, is a change, too. */
async function describeState(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

const isSame = (one: Credentials, other: Credentials): boolean =>
  one.cert.equals(other.cert) && one.key.equals(other.key) && String(one.ca) === String(other.ca);

const readExpiry = ({ cert }: Credentials): string =>
  new Date(new X509Certificate(cert).validTo).toISOString();
