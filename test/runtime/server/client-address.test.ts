import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { addressBlock } from "../../../runtime/src/connection/ip-address.js";
import { ConnectionLimits } from "../../../runtime/src/connection/limits.js";
import { clientAddress, forwardedHost } from "../../../runtime/src/server/client-address.js";

const request = (headers: Record<string, string>, remoteAddress = "10.0.0.9"): IncomingMessage =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;

const forms: [written: string, read: string][] = [
  ["203.0.113.7", "203.0.113.7"],
  ["203.0.113.7:50001", "203.0.113.7"],
  ["  203.0.113.7  ", "203.0.113.7"],
  ['"203.0.113.7:50001"', "203.0.113.7"],
  ["203.0.113.7:_port", "203.0.113.7"],
  ["2001:db8::1", "2001:db8::1"],
  ["2001:DB8:0:0::1", "2001:db8::1"],
  ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["[2001:db8::1]:443", "2001:db8::1"],
  ['"[2001:db8::1]"', "2001:db8::1"],
  ['"[2001:DB8::1]:443"', "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["[fe80::1%25eth0]:80", "fe80::1"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::FFFF:cb00:7107", "203.0.113.7"],
  ["[::ffff:203.0.113.7]:443", "203.0.113.7"],
  // Not addresses: the proxy's own address counts.
  ...[
    "unknown",
    "_hidden",
    "garbage",
    "256.1.1.1",
    "1.2.3",
    "[203.0.113.7",
    "[]",
    ":443",
    "1.2.3.4:5:6",
    "::g",
  ].map((written): [string, string] => [written, "10.0.0.9"]),
];

describe("the address of a client behind a proxy", () => {
  test.each(forms)("X-Forwarded-For %s is %s", (written, read) => {
    expect(clientAddress(request({ "x-forwarded-for": written }), 1)).toBe(read);
    expect(clientAddress(request({ "x-forwarded-for": `6.6.6.6, ${written}` }), 1)).toBe(read);
    expect(clientAddress(request({ "x-forwarded-for": written }), false)).toBe("10.0.0.9");
  });

  test.each<[header: string, trust: boolean | number, read: string]>([
    ["for=203.0.113.7", 1, "203.0.113.7"],
    ['For="[2001:db8::1]:4711";proto=https;host=example.org', 1, "2001:db8::1"],
    ["for=6.6.6.6, for=203.0.113.7;by=10.0.0.1", 1, "203.0.113.7"],
    ["for=203.0.113.7, for=10.0.0.1", 2, "203.0.113.7"],
    ["for=203.0.113.7, for=10.0.0.1", true, "203.0.113.7"],
    ['for="a,b;c\\"d", for=203.0.113.7', 1, "203.0.113.7"],
    ["for=unknown", 1, "10.0.0.9"],
    ["for=_secret", 1, "10.0.0.9"],
    ["proto=https", 1, "10.0.0.9"],
    ['for="', 1, "10.0.0.9"],
    ["for=203.0.113.7", false, "10.0.0.9"],
  ])("setTrustProxy, Forwarded: %s with trustProxy %s is %s", (forwarded, trust, read) => {
    expect(clientAddress(request({ forwarded }), trust)).toBe(read);
  });

  test("X-Forwarded-For goes before Forwarded", () => {
    const both = { "x-forwarded-for": "203.0.113.7", forwarded: "for=6.6.6.6" };
    expect(clientAddress(request(both), 1)).toBe("203.0.113.7");
  });

  test.each<[headers: Record<string, string>, trust: boolean | number, host: string | undefined]>([
    [{ "x-forwarded-host": "example.org" }, 1, "example.org"],
    [{ "x-forwarded-host": "evil.example, example.org" }, 1, "example.org"],
    [{ forwarded: 'for=1.2.3.4;host="example.org:8443"' }, 1, "example.org:8443"],
    [{ "x-forwarded-host": "example.org" }, false, undefined],
    [{}, 1, undefined],
  ])("the host of %j with trustProxy %s is %s", (headers, trust, host) => {
    expect(forwardedHost(request(headers), trust)).toBe(host);
  });
});

describe("the limit per address", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["", ""],
  ])("counts %s as %s", (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });

  test("counts the addresses of one /64 together, and keeps only addresses that have a place", () => {
    const limits = new ConnectionLimits({ maxConnections: 0, maxConnectionsPerAddress: 2 });
    expect(limits.enter("2001:db8::1")).toBe("entered");
    expect(limits.enter("2001:db8::2")).toBe("entered");
    expect(limits.enter("2001:db8::3")).toBe("address-full");
    expect(limits.enter("2001:db8:0:1::1")).toBe("entered");
    for (let number = 0; number < 1_000; number += 1) {
      limits.enter(`10.0.${number >> 8}.${number & 255}`);
      limits.leave(`10.0.${number >> 8}.${number & 255}`);
    }
    expect(limits.addresses).toBe(2);
    for (const address of ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]) limits.leave(address);
    expect(limits.addresses).toBe(0);
  });
});
