/** A handle, with or without @, or somebody's link. */
export const handleIn = (text: string): string =>
  text
    .trim()
    .replace(/^.*\/add\//, "")
    .replace(/[/?#].*$/, "")
    .replace(/^@/, "")
    .toLowerCase();
