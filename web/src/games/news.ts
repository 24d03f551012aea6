/** Something about a purchase of ours moved: whoever shows one reads it again. */
import { signal } from "@preact/signals";

export const purchaseNews = signal(0);
