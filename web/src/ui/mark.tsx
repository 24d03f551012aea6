/** The coin. The name stands beside it, so it says nothing aloud. */
export function Mark({ size }: { size: number }) {
  return <img class="mark" src="/icon.svg" alt="" width={size} height={size} />;
}
