const FRIDAY = 5;

/** The next Friday 18:00 here that still lies ahead: after the banks' cut-off, so the week-end rules show. */
export function nextFriday(from_ms: number): string {
  const at = new Date(from_ms);
  at.setHours(18, 0, 0, 0);
  at.setDate(at.getDate() + ((FRIDAY - at.getDay() + 7) % 7));
  if (at.getTime() <= from_ms) at.setDate(at.getDate() + 7);
  return at.toISOString();
}
