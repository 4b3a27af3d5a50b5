import { describe, expect, it } from "vitest";
import * as formats from "../../../runtime/src/validation/index.js";
import { cpuTimeMs } from "../../support/cpu-time.js";

interface Case {
  readonly is: (text: string) => boolean;
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  date: {
    is: formats.isDate,
    yes: ["2021-04-22", "2020-02-29", "2000-02-29"],
    no: [
      "2021-02-29",
      "1900-02-29",
      "2021-13-01",
      "2021-04-31",
      "2021-4-22",
      "21-04-22",
      "2021-04-22Z",
      "2021-04-22\n",
    ],
  },
  time: {
    is: formats.isTime,
    yes: ["22:00:00Z", "22:00:00.123z", "23:59:60Z", "00:29:60+00:30", "15:59:60-08:00", "22:00:00+23:59"],
    no: [
      "22:00:00",
      "24:00:00Z",
      "22:60:00Z",
      "22:00:61Z",
      "22:00:60Z",
      "22:00:00+24:00",
      "22:00Z",
      "22:00:00.Z",
    ],
  },
  "date-time": {
    is: formats.isDateTime,
    yes: ["2021-04-22T22:00:00Z", "2021-04-22t22:00:00.5+08:00", "1998-12-31T23:59:60Z"],
    no: ["2021-04-22 22:00:00Z", "2021-04-22", "2021-04-22T22:00:00", "2021-02-30T22:00:00Z"],
  },
  duration: {
    is: formats.isDuration,
    yes: ["P1Y", "P1Y2M3DT4H5M6S", "PT36H", "P4W", "P0D"],
    no: ["P", "PT", "P1", "P1H", "P2Y4D", "PT1H6S", "P1YT", "P1W2D", "1Y", "P1.5D"],
  },
  email: {
    is: formats.isEmail,
    yes: [
      "joe@example.com",
      "a+b.c@x-y.org",
      '"joe bloggs"@example.com',
      "joe@[127.0.0.1]",
      "joe@[IPv6:::1]",
    ],
    no: [
      "joe",
      "@example.com",
      "joe@",
      ".joe@example.com",
      "a..b@example.com",
      "joe@exa mple.com",
      "joe@[1.2.3]",
      `${"a".repeat(65)}@x.org`,
      "joe@-x.org",
    ],
  },
  hostname: {
    is: formats.isHostname,
    yes: ["example.com", "a", "xn--4gbwdl.xn--wgbh1c", `${"a".repeat(63)}.com`],
    no: [
      "",
      "-a.com",
      "a-.com",
      "a..b",
      ".",
      "a_b",
      `${"a".repeat(64)}.com`,
      `${"a.".repeat(127)}b`,
      "ab--cd",
    ],
  },
  ipv4: {
    is: formats.isIpv4,
    yes: ["0.0.0.0", "255.255.255.255"],
    no: ["256.0.0.1", "01.2.3.4", "1.2.3", "1.2.3.4.5", "1.2.3.4 ", "0x7f.0.0.1"],
  },
  ipv6: {
    is: formats.isIpv6,
    yes: ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2::8", "1:2:3:4:5:6:1.2.3.4"],
    no: [
      "",
      ":",
      ":::",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1::2::3",
      "12345::",
      "::g",
      "::1%eth0",
      "1.2.3.4::",
      "1:2:3:4:5:6:7::8",
      ":1:2:3:4:5:6:7",
      "::1.2.3",
    ],
  },
  uri: {
    is: formats.isUri,
    yes: [
      "https://example.com/a?b=c#d",
      "mailto:joe@example.com",
      "urn:isbn:0451450523",
      "http://[::1]:80/",
      "ws://joe:pw@host:/x%20y",
      "file:///etc",
      "tel:+1",
    ],
    no: [
      "",
      "//example.com",
      "example.com",
      "http://a b",
      "http://[::1",
      "http://a:b",
      "http://x/%2",
      "http://x/<y>",
      "1a:b",
      ":x",
      "http://ü.de",
      "http://x/\\",
    ],
  },
  "uri-reference": {
    is: formats.isUriReference,
    yes: ["", "/a", "a/b:c", "?q", "#f", "//host/x", "../x", "https://x"],
    no: ["a b", "\\", "#a#b", "1:2", "%zz"],
  },
  "uri-template": {
    is: formats.isUriTemplate,
    yes: ["", "/rooms/{room}", "{?a,b*,c:3}", "{+path}/here", "{a.b}"],
    no: ["{", "}", "{}", "{a b}", "{a:0}", "{a:10000}", "{{a}}", "/<x>", "{,a}"],
  },
  uuid: {
    is: formats.isUuid,
    yes: ["2eb8aa08-AA98-11EA-B4aa-73B441D16380"],
    no: [
      "2eb8aa08aa9811eab4aa73b441d16380",
      "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
      "2eb8aa08-aa98-11ea-b4ga-73b441d16380",
    ],
  },
  "json-pointer": {
    is: formats.isJsonPointer,
    yes: ["", "/", "/a~0b/c~1", "//"],
    no: ["a", "/~", "/~2", "#/a"],
  },
  "relative-json-pointer": {
    is: formats.isRelativeJsonPointer,
    yes: ["0", "1/a", "2#", "10/"],
    no: ["", "/a", "01", "-1", "0##", "1a"],
  },
  regex: { is: formats.isRegex, yes: ["^a+$", "\\p{L}", "(?<x>a)"], no: ["(", "a{2,1}", "\\a", "[z-a]"] },
};

describe.each(Object.entries(cases))("the format %s", (_, { is, yes, no }) => {
  it.each(yes)("has %j", (text) => expect(is(text)).toBe(true));
  it.each(no)("has not %j", (text) => expect(is(text)).toBe(false));
});

describe("a format", () => {
  it.each(Object.entries(cases))("%s takes linear time", async (_, { is, yes, no }) => {
    const parts = ["a", "1", ".", ":", "-", "%20", "~0", "{", "@", "/"];
    const tookMs = await cpuTimeMs(() => {
      for (const text of [...yes, ...no]) for (const part of parts) is(`${text}${part.repeat(20_000)}\n`);
    });
    expect(tookMs).toBeLessThan(2_000);
  });
});
