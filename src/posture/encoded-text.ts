import { gunzipSync } from 'zlib';

/** Scripts that stand encoded in another: files of cloud-init, Ignition and Bottlerocket, and what a command decodes. */
export interface EmbeddedScripts {
  readonly texts: string[];
  /** Something is compressed, and could not be read. */
  readonly unread: boolean;
}

/** Base64, on several lines where it is wrapped, and data URLs in plain text. */
const ENCODED = /[A-Za-z0-9+/]{40,}(?:[ \t]*\r?\n[ \t]*[A-Za-z0-9+/]+)*={0,2}|data:[^\s,"']{0,80},[^\s,"']{1,65536}/g;
/** The beginning, in base64, of gzip data. */
export const GZIP = /^\s*H4sI/;
/** What is compressed may be of any size. */
export const MAX_TEXT = 1_000_000;

/** Whether there may be anything to decode. */
export function mayBeEncoded(text: string): boolean {
  return /[A-Za-z0-9+/]{40}|^[A-Za-z0-9+/=\s]{40,}$|Content-Transfer-Encoding:\s*(?:base64|quoted-printable)|data:[^\s,"']{0,80},/i.test(text);
}

export function embeddedScripts(script: string): EmbeddedScripts {
  const texts: string[] = [];
  let unread = false;
  let size = 0;
  for (let next: string | undefined = script, index = 0; next !== undefined; next = texts[index++]) {
    for (const [encoded] of next.matchAll(ENCODED)) {
      const text = encoded.startsWith('data:') ? decodeUrl(encoded) : decodeLines(encoded);
      unread ||= text === undefined && GZIP.test(encoded);
      if (text === undefined) continue;
      if ((size += text.length) > MAX_TEXT) return { texts, unread: true };
      texts.push(text);
    }
  }
  return { texts, unread };
}

/** The plain text behind base64, decompressed, where it is text; undefined where it is not. */
export function decodeBase64(encoded: string): string | undefined {
  const compact = encoded.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  const bytes = decompressed(Buffer.from(compact, 'base64'));
  // PowerShell takes commands in UTF-16.
  const text = bytes?.toString(bytes[1] === 0 ? 'utf16le' : 'utf8');
  // eslint-disable-next-line no-control-regex
  return text === undefined || /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text) ? undefined : text;
}

function decompressed(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TEXT });
  } catch {
    return undefined;
  }
}

/** What follows may look like base64 as well: the end mark of a here-document and commands after it. Wrapped lines are of one length, but the last. */
function decodeLines(encoded: string): string | undefined {
  const lines = encoded.split('\n').map((line) => line.trim());
  const other = lines.findIndex((line, index) => index > 1 && line.length !== lines[1].length);
  for (const end of new Set([lines.length, other + 1, other < 0 ? lines.length - 1 : other, 1])) {
    const text = decodeBase64(lines.slice(0, end).join(''));
    if (text !== undefined) return text;
  }
  return undefined;
}

function decodeUrl(url: string): string | undefined {
  try {
    return decodeURIComponent(url.slice(url.indexOf(',') + 1));
  } catch {
    return undefined;
  }
}
