import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { lucide } from "../build/lucide.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What other apps put into their pages: one script of theirs to load, and a frame of ours that it opens. */
export default defineConfig({
  root: here("."),
  base: "/embed/",
  publicDir: false,
  plugins: [lucide()],
  resolve: { alias: { "@says": here("../../docs/design/what-a-payment-says.json") } },
  build: {
    outDir: here("../../src/tuppence/http/embedded"),
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "safari17.5", "firefox120"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { payment: here("payment.html"), v1: here("v1.ts") },
      // Addresses in other people's pages must stay as they are from release to release.
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
