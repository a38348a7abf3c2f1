/** Numbers and moments as people read them. */

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" })
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" })

/** Such as “24 Nov 2026”. */
export const dateText = (date: Date | undefined): string => date === undefined ? "—" : dates.format(date)

/** Such as “24 Nov 2026, 14:30”. */
export const momentText = (date: Date | undefined): string => date === undefined ? "—" : moments.format(date)

const units = ["bytes", "KB", "MB", "GB", "TB"] as const

/** Such as “1.2 GB”, where a KB is 1,000 bytes. */
export const bytesText = (bytes: number): string => {
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return `${value.toLocaleString(undefined, { maximumFractionDigits: step === 0 ? 0 : 1 })} ${units[step] ?? "bytes"}`
}

/** Such as “3 min 20 s”. */
export const durationText = (seconds: number): string => {
  const whole = Math.max(1, Math.round(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`
}
