/** For commands that show one launch. */
export const launchOption = ['--launch <id>', 'an earlier launch: its id, or the beginning of it'] as const
