import { gzipSync } from 'zlib';
import { decodeBase64, embeddedScripts, MAX_TEXT, mayBeEncoded } from '../../src/posture/encoded-text';

const base64 = (text: string | Buffer) => Buffer.from(text as string).toString('base64');
const gzip = (text: string) => gzipSync(text).toString('base64');
const lines = (...script: string[]) => script.join('\n');
/** 30 characters become 40 in base64. */
const THIRTY = 'echo this is a text to encode\n';
const PADDED = `${THIRTY}!`;
const WRAPPED = base64(THIRTY.repeat(3)).replace(/.{50}/g, '$&\n');
const FULL = base64(THIRTY.repeat(4)).replace(/.{40}(?=.)/g, '$&\n');
/** Compresses to next to nothing, and is no base64 itself. */
const filler = (size: number) => ' '.repeat(size);

describe('what is found in a text', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['plain commands', 'echo hi', []],
    ['one of 40 characters', `echo ${base64(THIRTY)} | base64 -d`, [THIRTY]],
    ['none of 39', `echo ${base64(THIRTY).slice(0, 39)} | base64 -d`, []],
    ['every character of base64', `${base64('~~~???>>>'.repeat(5))}`, ['~~~???>>>'.repeat(5)]],
    ['with one sign of padding', `"${base64(`${THIRTY}ab`)}"`, [`${THIRTY}ab`]],
    ['with two signs of padding', `"${base64(PADDED)}"`, [PADDED]],
    ['two on a line', `${base64(PADDED)} ${base64(THIRTY)}`, [PADDED, THIRTY]],
    ['on several lines', WRAPPED, [THIRTY.repeat(3)]],
    ['on several lines with carriage returns', WRAPPED.replace(/\n/g, '\r\n'), [THIRTY.repeat(3)]],
    ['on several lines that are indented', WRAPPED.replace(/\n/g, '\n \t '), [THIRTY.repeat(3)]],
    ['on several lines that end in blanks', WRAPPED.replace(/\n/g, ' \t\n'), [THIRTY.repeat(3)]],
    ['in a here-document', lines('base64 -d <<END', WRAPPED, 'END', 'echo hi'), [THIRTY.repeat(3)]],
    ['in a here-document of full lines', lines('base64 -d <<END', FULL, 'END', 'reboot'), [THIRTY.repeat(4)]],
    ['in a here-document of one line', lines('base64 -d <<END', base64(THIRTY), 'END', 'sync', 'sync', 'reboot now'), [THIRTY]],
    ['in a here-document of two lines', lines('base64 -d <<END', base64(THIRTY.repeat(2)).replace(/.{60}/, '$&\n'), 'END', 'sync', 'reboot'), [THIRTY.repeat(2)]],
    ['in a here-document at the end', lines('base64 -d <<END', FULL, 'END'), [THIRTY.repeat(4)]],
    ['on lines of which the first is shorter', lines(`content: ${base64(THIRTY.repeat(4)).replace(/^.{40}|.{60}/g, '$&\n  ')}`, 'owner: root'), [THIRTY.repeat(4)]],
    ['compressed', gzip(PADDED), [PADDED]],
    ['in UTF-16', base64(Buffer.from(THIRTY, 'utf16le')), [THIRTY]],
    ['beyond ASCII', base64('echo größer als vierzig Zeichen \u{1f512}\n'), ['echo größer als vierzig Zeichen \u{1f512}\n']],
    ['one in another', base64(`echo ${base64(THIRTY)}`), [`echo ${base64(THIRTY)}`, THIRTY]],
    ['one in another of two', lines(`a ${base64(`b ${base64(THIRTY)}`)}`, `c ${base64(PADDED)}`), [`b ${base64(THIRTY)}`, PADDED, THIRTY]],
    ['a data URL', '"data:,echo%20hi%0A"', ['echo hi\n']],
    ['a data URL with its type', "'data:text/plain;charset=utf-8,a%20b'", ['a b']],
    ['a data URL in base64', `"data:text/plain;base64,${base64(THIRTY)}"`, [base64(THIRTY), THIRTY]],
    ['two data URLs', '"data:,a" data:,b data:,c', ['a', 'b', 'c']],
    ['an empty data URL', '"data:,"', []],
    ['a data URL that is broken', '"data:,%E0%A4%A"', []],
    ['what looks like a data URL', 'data: a, b', []],
    ['a data URL with too long a type', `data:${'x'.repeat(81)},a`, []],
    ['a path', '/usr/local/share/applications/preferences/default/settings', []],
  ])('%s', (_, script, texts) => {
    expect(embeddedScripts(script)).toEqual({ texts, unread: false });
  });

  test.each<[string, number]>([['eight', 8], ['fourteen', 14], ['thirty-one', 31], ['zero', 0]])('no text with the control character %s', (_, code) => {
    expect(embeddedScripts(base64(`${THIRTY}${String.fromCharCode(code)}`))).toEqual({ texts: [], unread: false });
  });

  test('no text that is no UTF-8', () => {
    expect(embeddedScripts(base64(Buffer.concat([Buffer.from(THIRTY), Buffer.from([0xff, 0xfe, 0x80])]))).texts).toEqual([]);
  });

  test('text with tabs, line ends and form feeds', () => {
    const text = `${THIRTY}\t\n\u000b\f\r`;
    expect(embeddedScripts(base64(text)).texts).toEqual([text]);
  });
});

describe('what cannot be read', () => {
  test.each<[string, string, string[], boolean]>([
    ['compressed data that is cut off', gzip(THIRTY.repeat(9)).slice(0, 60), [], true],
    ['compressed data that is cut off, beside a text', lines(gzip(THIRTY.repeat(9)).slice(0, 60), '', base64(THIRTY)), [THIRTY], true],
    ['a text, before compressed data that is cut off', lines(base64(THIRTY), '', gzip(THIRTY.repeat(9)).slice(0, 60)), [THIRTY], true],
    ['compressed data that is no text', gzipSync(Buffer.from([...Array(200).keys()])).toString('base64'), [], true],
    ['data that only begin like compressed data', base64(Buffer.from([0x1f, 0x8c, ...Array(40).keys()])), [], false],
    ['other data that only begin like compressed data', base64(Buffer.from([0x1e, 0x8b, ...Array(40).keys()])), [], false],
    ['a broken data URL', 'data:,%E0%A4%A', [], false],
  ])('%s', (_, script, texts, unread) => {
    expect(embeddedScripts(script)).toEqual({ texts, unread });
  });

  test('more than a million characters, decompressed', () => {
    expect(embeddedScripts(gzip(filler(MAX_TEXT)))).toEqual({ texts: [filler(MAX_TEXT)], unread: false });
    expect(embeddedScripts(gzip(filler(MAX_TEXT + 1)))).toEqual({ texts: [], unread: true });
  });

  test('more than a million characters in all: what was read before it stays', () => {
    const half = gzip(filler(MAX_TEXT / 2));
    expect(embeddedScripts(`${half} ${half}`)).toEqual({ texts: [filler(MAX_TEXT / 2), filler(MAX_TEXT / 2)], unread: false });
    expect(embeddedScripts(`${half} ${half} data:,x ${base64(THIRTY)}`)).toEqual({ texts: [filler(MAX_TEXT / 2), filler(MAX_TEXT / 2)], unread: true });
  });
});

describe('one text in base64', () => {
  test.each<[string, string, string | undefined]>([
    ['short', base64('hi'), 'hi'],
    ['with blanks and line ends', ' aGV\n sbG8 ', 'hello'],
    ['without its padding', 'aGk', 'hi'],
    ['nothing', '', undefined],
    ['padding alone', '==', undefined],
    ['too much padding', 'aGk===', undefined],
    ['padding in its middle', 'aG=k', undefined],
    ['plain words', 'hello, world', undefined],
    ['words after it', 'aGk= !', undefined],
    ['words before it', '! aGk=', undefined],
    ['data', base64(Buffer.from([0, 1, 2])), undefined],
  ])('%s', (_, encoded, text) => {
    expect(decodeBase64(encoded)).toBe(text);
  });
});

describe('whether there may be anything to decode', () => {
  test.each<[string, string, boolean]>([
    ['base64 of 40 characters', `echo ${base64(THIRTY)}`, true],
    ['39 characters', `echo ${base64(THIRTY).slice(0, 39)}!`, false],
    ['base64 alone, on short lines', base64(THIRTY.repeat(2)).replace(/.{10}/g, '$&\n'), true],
    ['base64 alone, too short', base64(THIRTY).slice(0, 39), false],
    ['words', 'echo this and that and this and that and this and that!', false],
    ['a part in base64', 'content-transfer-encoding:base64\n\naGk=', true],
    ['a part in base64, with blanks', 'Content-Transfer-Encoding:  base64\n\naGk=', true],
    ['a part in plain text', 'Content-Transfer-Encoding: 7bit', false],
    ['a data URL', '"source":"data:,a"', true],
    ['a data URL with its type', '"source":"data:text/plain;base64,a"', true],
    ['a word with a colon', 'data: a, b', false],
    ['a data URL with too long a type', `data:${'-'.repeat(81)},a`, false],
  ])('%s', (_, text, expected) => {
    expect(mayBeEncoded(text)).toBe(expected);
  });
});
