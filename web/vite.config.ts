import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The same sources give the same bytes, whatever the machine and the folder: no
// date, no commit, no environment, no hash over paths.
export default defineConfig({
  base: "/studio/",
  plugins: [react()],
  css: {
    modules: {
      // Modules have names of their own (a test would fail), so these are unique.
      generateScopedName: (name, file) =>
        `${/([^/\\]+)\.module\.css/.exec(file)?.[1] ?? "x"}-${name}`,
    },
  },
  build: {
    target: "es2023",
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    // `npm run dev` beside a `rivet dev`: RIVET=http://localhost:8080
    proxy: {
      "/studio/api": { target: process.env.RIVET ?? "http://localhost:8080", ws: true },
    },
  },
});
