import { defineConfig } from 'vite'
import { mockApi } from './mock/plugin.ts'

const flagDefault = process.env['VITE_FEATURE_STATUS_BOARD_V2'] || 'false'
if (flagDefault !== 'true' && flagDefault !== 'false') {
  throw new Error(`VITE_FEATURE_STATUS_BOARD_V2 is "${flagDefault}"; it is true or false`)
}

export default defineConfig({
  plugins: [mockApi()],
  define: { 'import.meta.env.VITE_FEATURE_STATUS_BOARD_V2': JSON.stringify(flagDefault) },
  build: {
    target: 'es2022',
    sourcemap: false,
    // Every asset is a file of its own with a hashed name: assets/** never changes under a name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
