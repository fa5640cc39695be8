/* oxlint-disable no-control-regex -- finding control characters is what this file is for */

// ECMA-48: CSI, then OSC/DCS/SOS/PM/APC strings (to their terminator, or to the end when it is missing), then two-character escapes.
const escapeSequences =
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?|(?:\u001B[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|\u001B[ -/]*[0-~]?/g

// C0 without tab and newline, DEL, C1.
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g

// Embeddings, overrides, isolates and marks that reorder what a reader sees (Trojan Source), zero-width characters that hide in
// names, and line separators some viewers break at.
const invisible = /[\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g

/**
 * Text from outside (a commit message, a file name, a program's output) made fit for a terminal: escape sequences, control
 * characters and characters that reorder or hide text are taken out. Tabs and newlines stay; `\r\n` becomes `\n`.
 */
export function safeText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(escapeSequences, '')
    .replaceAll(controls, '')
    .replaceAll(invisible, '')
}

// What a theme paints with: bold, dim, foreground colours, and their ends. Nothing that hides text or moves the cursor.
const paint = /(\u001B\[(?:0|1|2|22|3[1-69]|9[0-7])m)/

/**
 * The last border before a terminal: as `safeText`, but the colours of launch's own stay where there are colours. Whatever the
 * text is made of, it cannot do more than be read.
 */
export function safeScreen(text: string, colours: boolean): string {
  if (!colours) return safeText(text)
  // `split` with a group gives the sequences between the texts.
  return text
    .split(paint)
    .map((part, index) => (index % 2 === 1 ? part : safeText(part)))
    .join('')
}

/** The same on one line: runs of white space become one space. */
export function safeLine(text: string): string {
  return safeText(text).replaceAll(/\s+/g, ' ').trim()
}

/** True when `safeText` would take something out, or the text has a line break: no fit name for a file or a key. */
export function hasUnsafeCharacters(text: string): boolean {
  return /[\t\n]/.test(text) || safeText(text) !== text
}
