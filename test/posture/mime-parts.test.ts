import { bootCalls } from '../../src/posture/boot-calls';
import { decodeMimeParts } from '../../src/posture/mime-parts';
import { scriptText } from '../../src/posture/script-text';

const CALL = 'curl http://169.254.169.254/latest/meta-data/mac';
const SCRIPT = `#!/bin/sh\n${CALL}\n`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const lines = (...text: string[]) => text.join('\n');
const sub = (...argument: unknown[]) => ({ 'Fn::Sub': argument });
const join = (...list: unknown[]) => ({ 'Fn::Join': ['', list] });
const encoded = (argument: unknown) => ({ 'Fn::Base64': argument });

const part = (encoding: string, body: string) => lines('Content-Type: text/x-shellscript', `Content-Transfer-Encoding: ${encoding}`, '', body);
const multipart = (boundary: string, ...parts: string[]) =>
  lines(`Content-Type: multipart/mixed; boundary="${boundary}"`, 'MIME-Version: 1.0', '', ...parts.map((each) => `--${boundary}\n${each}`), `--${boundary}--`);

describe('parts', () => {
  test.each<[string, string, string]>([
    ['in base64', multipart('x', part('base64', base64(SCRIPT))), multipart('x', part('base64', SCRIPT))],
    ['in base64, on several lines', multipart('x', part('BASE64', base64(SCRIPT).replace(/.{20}/g, '$&\r\n'))), multipart('x', part('BASE64', SCRIPT))],
    ['two of them', multipart('x', part('base64', base64(SCRIPT)), part('base64', base64('echo'))), multipart('x', part('base64', SCRIPT), part('base64', 'echo'))],
    ['quoted-printable', multipart('x', part('quoted-printable', 'curl http://169.254.=\n169.254/latest=3Fa=C3=A9 =\r\nb')),
      multipart('x', part('quoted-printable', 'curl http://169.254.169.254/latest?aé b'))],
    ['quoted-printable, with options on lines of their own', multipart('x', part('quoted-printable', 'a=3D1\n--b=3D2\n--c')), multipart('x', part('quoted-printable', 'a=1\n--b=2\n--c'))],
    ['as they are', multipart('x', part('7bit', 'a=3D')), multipart('x', part('7bit', 'a=3D'))],
    ['one as it is, after one in base64', multipart('x', part('base64', base64('echo')), part('8bit', 'a\n\n--b')), multipart('x', part('base64', 'echo'), part('8bit', 'a\n\n--b'))],
    ['in a part', multipart('x', multipart('y', part('base64', base64(SCRIPT)))), multipart('x', multipart('y', part('base64', SCRIPT)))],
    ['in a part in base64', multipart('x', part('base64', base64(multipart('y', part('base64', base64(SCRIPT)))))),
      multipart('x', part('base64', multipart('y', part('base64', SCRIPT))))],
    ['after a boundary that is folded', lines('Content-Type: multipart/mixed;', ' boundary=x', '', `--x\n${part('base64', base64('echo'))}`, '--x--'),
      lines('Content-Type: multipart/mixed;', ' boundary=x', '', `--x\n${part('base64', 'echo')}`, '--x--')],
    ['empty', multipart('x', part('base64', '')), multipart('x', part('base64', ''))],
  ])('%s', (_, text, decoded) => {
    expect(decodeMimeParts(text)).toEqual({ text: decoded, unread: false });
  });

  test.each<[string, string]>([
    ['no base64', part('base64', 'echo hello')],
    ['a value that is known at deployment', part('base64', '${Script}')],
    ['no text', part('base64', Buffer.from([0, 1, 2, 255]).toString('base64'))],
    ['no text, in a part in base64', part('base64', base64(multipart('y', part('base64', 'echo hello'))))],
  ])('that hold %s are unread', (_, body) => {
    const text = multipart('x', body);
    expect(decodeMimeParts(text).unread).toBe(true);
  });

  test('in parts come to an end', () => {
    let deep = 'echo';
    for (let i = 0; i < 15; i++) deep = multipart(`b${i}`, part('base64', base64(deep)));
    expect(decodeMimeParts(deep).unread).toBe(true);
  });
});

describe('parts of a template', () => {
  const mime = (body: unknown) => [multipart('x', part('base64', 'BODY')).split('BODY')[0], body, '\n--x--\n'];
  const plain = multipart('x', part('base64', 'echo hello')) + '\n';
  const around = (body: unknown) => encoded(join(...mime(body)));

  test.each<[string, unknown, string]>([
    ['whose base64 CloudFormation makes', around(encoded('echo hello')), plain],
    ['whose base64 CloudFormation makes of pieces', around(encoded(join('echo ', 'hello'))), plain],
    ['whose base64 is made of text with values', around(encoded(sub('echo ${AWS::Region}'))), plain.replace('hello', '${AWS::Region}')],
    ['that a condition chooses', around({ 'Fn::If': ['C', encoded('echo hello'), { Ref: 'AWS::NoValue' }] }), plain],
    ['that stand in a substitution', encoded(sub(mime('${Body}').join(''), { Body: encoded('echo hello') })), plain],
    ['in pieces of base64', join(base64(SCRIPT).slice(0, 21), base64(SCRIPT).slice(21)), SCRIPT],
  ])('%s', (_, value, text) => {
    expect(scriptText(value)).toEqual({ text, unread: false });
  });

  test.each<[string, unknown]>([
    ['base64 of a parameter', around(encoded({ Ref: 'Script' }))],
    ['base64 that a parameter holds', around({ Ref: 'Script' })],
    ['base64 of a transform', around(encoded({ 'Fn::Transform': {} }))],
    ['compressed pieces', join('H4sIAAAAAAAAA0vOzy0o', 'Si0uTk1RAABvxDiSDQAAAA==')],
  ])('that are %s are unread', (_, value) => {
    expect(scriptText(value).unread).toBe(true);
  });

  test('what CloudFormation encodes within a line is read as what it is decoded to', () => {
    const UserData = encoded(join('#!/bin/sh\necho ', encoded(`#!/bin/sh\n${CALL}`), ' | base64 -d | sh\n'));
    expect(bootCalls({ Properties: { UserData } }, [['UserData']])).toEqual({
      calls: [expect.objectContaining({ path: 'Properties.UserData', line: 2, encoded: true, text: CALL })], unread: [],
    });
  });

  test.each<[string, unknown]>([
    ['base64', around(encoded(SCRIPT))],
    ['quoted-printable', encoded(multipart('x', part('quoted-printable', SCRIPT.replace('169.254/', '169.=\n254/'))))],
  ])('a call in %s is found on its line', (_, UserData) => {
    const { calls, unread } = bootCalls({ Properties: { UserData } }, [['UserData']]);
    expect(calls.map(({ line, text, encoded: inFile }) => [line, text, inFile])).toEqual([[9, CALL, false]]);
    expect(unread).toEqual([]);
  });
});
