/** Pages that change while somebody looks at them. */
export type LivePages = {
  /** The page at a path as it is now, with its content security policy; null where there is none. */
  page(path: string): Promise<{ readonly html: string; readonly policy: string } | null>
  /** A short word without line breaks that is another one whenever the page is; null where there is none. */
  version(path: string): Promise<string | null>
}

/** Where pages are served, until they are closed. */
export type ServedPages = { readonly url: string; close(): Promise<void> }
