/** A URL with a scheme, or without one as in a redirect; `gs://` and paths may contain any sign. */
const ADDRESS = /^\s*(?:https?:|(?!gs:)(?:[a-z][a-z0-9+.-]*:)?\/\/)/i;

/** The credentials of a URL, and what stands before them. */
const CREDENTIALS = /^(\s*(?:[a-z][a-z0-9+.-]*:)?[/\\]*)[^/\\]*@/i;

/** The parts of a URL inside a text; what follows a URL, such as a colon, is no part of it. */
const URL_IN_TEXT =
  /(https?:[/\\]{2,})(?:[^\s/\\?#"']*@)?([^\s?#"']*)(?:[?#][^\s"']*?(?=[:;,.)]*(?:[\s"']|$)))?/gi;

/**
 * Removes the query, the fragment and the credentials of a URL, where tokens are. A path and the
 * name of an object in a bucket stay as they are.
 */
export function withoutQuery(address: string): string {
  if (!ADDRESS.test(address)) return address;
  return address.replace(/[?#].*$/s, '').replace(CREDENTIALS, '$1');
}

/** Removes the query, the fragment and the credentials of each URL in a text. */
export function withoutQueries(text: string): string {
  return text.replaceAll(URL_IN_TEXT, '$1$2');
}
