import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Connection } from "../../../runtime/src/connection/connection.js";
import { OpeningOrder } from "../../../runtime/src/connection/opening-order.js";

const withSerial = (serial: number) => ({ serial }) as Connection;
const serialsAfter = (order: OpeningOrder, serial: number) =>
  [...order.after(serial)].map((each) => each.serial);

describe("the order of opening", () => {
  test("has the connections that are open, whatever was opened and closed before", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant("open") },
      { weight: 2, arbitrary: fc.nat(5_000) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.nat(300), (steps, after) => {
        const open: Connection[] = [];
        const order = new OpeningOrder([]);
        let last = 0;
        for (const each of steps) {
          if (each === "open") {
            last += 1;
            open.push(withSerial(last));
            order.add(withSerial(last));
          } else if (open.length > 0) {
            const [closed] = open.splice(Number(each) % open.length, 1);
            if (closed !== undefined) order.remove(closed);
          }
        }
        expect(serialsAfter(order, after)).toEqual(
          open.map(({ serial }) => serial).filter((serial) => serial > after),
        );
      }),
    );
  });

  test("forgets closed connections, so that it does not grow with time", () => {
    const order = new OpeningOrder([1, 2, 3].map(withSerial));
    for (let serial = 4; serial < 50_000; serial += 1) {
      order.add(withSerial(serial));
      order.remove(withSerial(serial));
    }
    expect(order.placeCount).toBeLessThan(3_000);
    expect(serialsAfter(order, 1)).toEqual([2, 3]);
    order.remove(withSerial(77));
    order.remove(withSerial(2));
    expect(serialsAfter(order, 0)).toEqual([1, 3]);
  });
});
