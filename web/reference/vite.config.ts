import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The API's reference: a page of its own, made in the browser from the description that the server gives. */
export default defineConfig({
  root: here("."),
  base: "/docs/",
  publicDir: false,
  build: {
    outDir: here("../../src/tuppence/http/reference"),
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "safari17.5", "firefox120"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The server lets browsers ask whether it is still the same, so the names need no hash.
      output: { entryFileNames: "reference.js", chunkFileNames: "[name].js", assetFileNames: "reference[extname]" },
    },
  },
});
