import { keywordsOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";
import { countLimitsOf, isCountWithin } from "./count-limits.js";
import { describeCount } from "./describe.js";
import type { Obstacle } from "./obstacle.js";

/** Holds the texts of schemas that must all hold against one schema. */
export function checkString(narrow: Alternative, wide: SchemaPlace): readonly Obstacle[] {
  const own = countLimitsOf(narrow, "Length");
  const limits = countLimitsOf([wide], "Length");
  return [
    ...(isCountWithin(own, limits)
      ? []
      : [
          {
            path: [],
            aspect: "length" as const,
            narrow: describeCount(own, "characters"),
            wide: describeCount(limits, "characters"),
            widePlace: wide,
            keyword: own.most > limits.most ? "maxLength" : "minLength",
          },
        ]),
    ...checkText(narrow, wide, "pattern"),
    ...checkText(narrow, wide, "format"),
  ];
}

/** Of two patterns, or formats, it is only known whether they are the same. */
function checkText(
  narrow: Alternative,
  wide: SchemaPlace,
  keyword: "pattern" | "format",
): readonly Obstacle[] {
  const wanted = keywordsOf(wide)[keyword];
  const own = narrow.flatMap((part) => {
    const text = keywordsOf(part)[keyword];
    return typeof text === "string" ? [text] : [];
  });
  if (typeof wanted !== "string" || own.includes(wanted)) return [];
  const found = own.length === 0 ? `no ${keyword}` : `the ${keyword} ${own.join(" and ")}`;
  return [
    {
      path: [],
      aspect: keyword,
      narrow: found,
      wide: `the ${keyword} ${wanted}`,
      widePlace: wide,
      keyword,
      ...(own.length > 0 && { undecided: `every text of ${found} is one of the ${keyword} ${wanted}` }),
    },
  ];
}
