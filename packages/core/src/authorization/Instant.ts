/**
 * Instants as the date operators take them: the W3C's profile of ISO 8601 (https://www.w3.org/TR/NOTE-datetime), or
 * seconds since 1970-01-01T00:00:00Z. Four digits alone are a year. What is finer than a millisecond does not count.
 */

const iso = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):(\d\d)))?)?)?$/
const epochSeconds = /^(-?)(\d{1,11})(?:\.(\d+))?$/

const inRange = (value: number, least: number, most: number): boolean => value >= least && value <= most

/** Days of a month that is 1 to 12. */
const daysIn = (year: number, month: number): number => {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999; 400 years on, the calendar is the same. */
const fourHundredYears = 146_097 * 86_400_000

const milliseconds = (fraction: string): number => Number(fraction.slice(0, 3).padEnd(3, "0"))

const fromCalendar = (text: string): number | undefined => {
  const match = iso.exec(text)
  if (match === null) return undefined
  const [, yearText, monthText = "01", dayText = "01", hourText = "00", minuteText = "00", secondText = "00"] = match
  const [fraction = "", sign, zoneHourText = "00", zoneMinuteText = "00"] = match.slice(7)
  const [year, month, day] = [Number(yearText), Number(monthText), Number(dayText)]
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)]
  const [zoneHour, zoneMinute] = [Number(zoneHourText), Number(zoneMinuteText)]
  if (!inRange(month, 1, 12) || !inRange(day, 1, daysIn(year, month))) return undefined
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return undefined
  const local = Date.UTC(year + 400, month - 1, day, hour, minute, second, milliseconds(fraction)) - fourHundredYears
  const zone = (zoneHour * 60 + zoneMinute) * 60_000
  return sign === "-" ? local + zone : local - zone
}

const fromEpoch = (text: string): number | undefined => {
  const match = epochSeconds.exec(text)
  if (match === null) return undefined
  const [, sign, seconds, fraction = ""] = match
  const distance = Number(seconds) * 1000 + milliseconds(fraction)
  return sign === "-" ? -distance : distance
}

/** Milliseconds since 1970-01-01T00:00:00Z, an integer; nothing if the text names no instant. */
export const parse = (text: string): number | undefined => fromCalendar(text) ?? fromEpoch(text)
