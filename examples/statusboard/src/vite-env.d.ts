/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** The compiled default: `true` or `false`, checked by vite.config.ts. */
  readonly VITE_FEATURE_STATUS_BOARD_V2: 'true' | 'false'
}
