/** Put in by scripts/build.mjs from package.json; absent when the sources run unbundled. */
declare const LAUNCH_VERSION: string | undefined

/** Version of this launch. */
export const launchVersion: string = typeof LAUNCH_VERSION === 'string' ? LAUNCH_VERSION : '0.0.0-source'

/** The oldest Node that runs it: `engines` of package.json. */
export const oldestNode = '20.19.0'
