import { decodeBase64, MAX_TEXT } from './encoded-text';
import type { ScriptText } from './script-text';

/** How the body of a part is written, where that is not as it is. */
type Encoding = 'base64' | 'quoted-printable';

const ENCODING = /^[ \t]*content-transfer-encoding:[ \t]*(base64|quoted-printable)[ \t\r]*$/i;
const BOUNDARY = /\bboundary[ \t]*=[ \t]*(?:"([^"\r\n]+)"|([^\s";]+))/gi;
/** A part may be multi-part itself. */
const MAX_DEPTH = 10;

/** Multi-part user data with its encoded parts decoded in place. */
export function decodeMimeParts(text: string, depth = 0, budget = { left: MAX_TEXT }): ScriptText {
  if (!new RegExp(ENCODING, 'im').test(text)) return { text, unread: false };
  if (depth > MAX_DEPTH) return { text, unread: true };
  const ends = isBoundary(text);
  const out: string[] = [];
  let unread = false;
  let encoding: Encoding | undefined;
  let body: string[] | undefined;
  const flush = () => {
    if (!body || !encoding) return;
    const written = body.join('\n');
    const decoded = budget.left < 0 ? undefined : decode(written, encoding);
    budget.left -= decoded?.length ?? 0;
    unread ||= decoded === undefined && written.trim() !== '';
    const parts = decodeMimeParts(decoded ?? written, depth + 1, budget);
    unread ||= parts.unread;
    out.push(parts.text);
    body = encoding = undefined;
  };
  for (const line of text.split('\n')) {
    if (ends(line)) flush();
    if (body) {
      body.push(line);
      continue;
    }
    out.push(line);
    encoding = (ENCODING.exec(line)?.[1].toLowerCase() as Encoding | undefined) ?? encoding;
    if (line.trim() === '' && encoding) body = [];
  }
  flush();
  return { text: out.join('\n'), unread };
}

/** Where no boundary is declared, any line may be one that could. */
function isBoundary(text: string): (line: string) => boolean {
  const declared = [...text.matchAll(BOUNDARY)].map(([, quoted, bare]) => `--${quoted ?? bare}`);
  return (line) => declared.length === 0 ? line.trim().startsWith('--') : declared.some((boundary) => [boundary, `${boundary}--`].includes(line.trim()));
}

function decode(body: string, encoding: Encoding): string | undefined {
  return encoding === 'base64' ? decodeBase64(body) : decodeQuotedPrintable(body);
}

/** @see https://www.rfc-editor.org/rfc/rfc2045#section-6.7 */
function decodeQuotedPrintable(body: string): string {
  return body.replace(/=[ \t]*\r?\n/g, '')
    .replace(/(?:=[\dA-F]{2})+/gi, (bytes) => Buffer.from(bytes.replace(/=/g, ''), 'hex').toString('utf8'));
}
