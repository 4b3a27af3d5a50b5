/** Dates and times as RFC 3339 §5.6 writes them, and durations as its appendix A does. */

const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/;

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `2021-04-22`: a day that the Gregorian calendar has. */
export function isDate(text: string): boolean {
  const match = datePattern.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = (daysInMonth[month - 1] ?? 0) + (month === 2 && isLeap ? 1 : 0);
  return day >= 1 && day <= days;
}

const timePattern = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** `22:00:00.5+08:00`. A leap second is one where the time in UTC is 23:59:60. */
export function isTime(text: string): boolean {
  const match = timePattern.exec(text);
  if (match === null) return false;
  const [hour, minute, second] = match.slice(1, 4).map(Number) as [number, number, number];
  const [offsetHour, offsetMinute] = match.slice(5).map((part) => Number(part ?? 0)) as [number, number];
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return false;
  if (second < 60) return true;
  const offset = (offsetHour * 60 + offsetMinute) * (match[4] === "-" ? -1 : 1);
  return (hour * 60 + minute - offset + minutesADay) % minutesADay === minutesADay - 1;
}

const minutesADay = 24 * 60;

/** `2021-04-22T22:00:00Z`. */
export const isDateTime = (text: string): boolean =>
  (text[10] === "T" || text[10] === "t") && isDate(text.slice(0, 10)) && isTime(text.slice(11));

const durationTime = "(?:T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S))";
const durationDate = "(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)";
const durationPattern = new RegExp(`^P(?:\\d+W|${durationDate}${durationTime}?|${durationTime})$`);

/** `P1DT12H`. Units follow one another without a gap, and weeks stand alone. */
export const isDuration = (text: string): boolean => durationPattern.test(text);
