import { bootCalls, findBootCalls } from '../../src/posture/boot-calls';

const URL = 'http://169.254.169.254/latest/meta-data/instance-id';

// Quadratic work would not end within the time a test is given.
test.each([
  'curl http://169.254.169.254/', `curl ${URL} `, `curl ${URL}\n`, `curl ${URL} \\\n`, `M=${URL}\ncurl $M\n`, `echo "$(curl ${URL})`, '$(', '(', '`', '"', "'",
  '/', '\\', ' ', '\n', '${', '<#', '<<EOF\n', 'H="X-aws-ec2-metadata-token: $T"\n', '-H header ', 'export ', 'requests.get("', '@{', 'irm @{\n', '169.254.169.254', '!', 'a', '" + a + ', '$M', '{{ ',
  'sed s#', '} > ', '(a) ', ' | tee ', '> ', "echo '' | logger ", `${'A'.repeat(60)}\n`, `${'A'.repeat(60)} `, `data:,${'%41'.repeat(20)} `, 'P=/latest/meta-data/x\ncurl http://169.254.169.254$P\n',
  '$(echo X-aws-ec2-metadata-token: $T)', "f() { echo 'X-aws-ec2-metadata-token: $T'; }\n", '$(f)', 'f() { echo http://169.254.169.254/latest/$1; }\ncurl $(f)\n', 'case $X in x) a;; esac\n', 'case ',
  'x) ', '--resolve a:80:', '== "', '[ a ', 'curl ', 'http://169.254.169.254 ', 'fail "a"\n', '\nfail() { echo "$1"; }\n', 'print "', '`http://169.254.169.254/latest/meta-data/${x}`, ', 'f() {',
])('a megabyte of %j', bit => {
  const text = `curl ${URL} ${bit.repeat(1_000_000 / bit.length)}`;
  expect(findBootCalls(text).length).toBeGreaterThanOrEqual(0);
  expect(bootCalls({ Properties: { UserData: { 'Fn::Sub': text } } }, [['UserData']]).unread).toEqual([]);
});
