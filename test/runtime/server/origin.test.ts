import { describe, expect, test } from "vitest";
import { resolveModuleConfig } from "../../../runtime/src/config/module-config.js";
import { setAllowedOrigins, setMode } from "../../../runtime/src/config/module-options.js";
import { checkOrigin } from "../../../runtime/src/server/check-admission.js";

const product = (...allowed: string[]) =>
  resolveModuleConfig("chat", [
    setMode("product"),
    ...(allowed.length > 0 ? [setAllowedOrigins(allowed)] : []),
  ]);

describe("the origin of a handshake", () => {
  test.each([
    ["https://example.org", "https://example.org", "allowed"],
    ["https://example.org", "https://example.org.evil.com", "refused"],
    ["https://example.org", "http://example.org", "refused"],
    ["https://example.org", "https://example.org:8443", "refused"],
    ["chrome-extension://abc", "chrome-extension://abc", "allowed"],
    ["chrome-extension://abc", "chrome-extension://evil", "refused"],
    ["chrome-extension://abc", "null", "refused"],
    ["https://example.org", "null", "refused"],
    ["*", "https://anything.example", "allowed"],
  ])("setAllowedOrigins: with %s on the list, %s is %s", (listed, origin, verdict) => {
    expect(checkOrigin({ origin, host: "server.example" }, product(listed))).toBe(verdict);
  });

  test("without a list, product mode takes the same host alone", () => {
    const config = product();
    expect(checkOrigin({ origin: "https://server.example", host: "server.example" }, config)).toBe("allowed");
    expect(checkOrigin({ origin: "https://other.example", host: "server.example" }, config)).toBe("refused");
    expect(checkOrigin({ origin: "null", host: "server.example" }, config)).toBe("refused");
    expect(checkOrigin({ origin: undefined, host: "server.example" }, config)).toBe("allowed");
  });
});
