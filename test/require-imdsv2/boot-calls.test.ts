import { App, Aspects, Fn, Stack } from 'aws-cdk-lib';
import { CfnInstance } from 'aws-cdk-lib/aws-ec2';
import { RequireImdsv2 } from '../../src';
import { outcome, warnings } from '../support';

function warned(script: string): Array<string | undefined> {
  const app = new App();
  new CfnInstance(new Stack(app, 'S'), 'I', { userData: Fn.base64(script) });
  Aspects.of(app).add(new RequireImdsv2());
  return warnings(outcome(app).assembly!).map(({ id }) => id);
}

// The aspect reads a script only where something in it may be a call.
test.each([
  ['the address', 'curl http://169.254.169.254/latest/meta-data/mac'],
  ['its number', 'curl http://0xA9FEA9FE/latest/meta-data/mac'],
  ['its name', 'curl http://instance-data.eu-west-1.compute.internal/latest/meta-data/mac'],
  ['a file in base64', `echo ${Buffer.from('curl http://169.254.169.254/latest/meta-data/mac').toString('base64')} | base64 -d | sh`],
  ['a file as a data URL', 'source: data:,curl%20http%3A%2F%2F0xA9FEA9FE%2Flatest%2Fmeta-data%2Fmac'],
  ['IPv6', 'curl http://[fd00:ec2:0:0:0:0:0:254]/latest/meta-data/mac'],
])('a boot call is a warning: %s', (_, line) => {
  expect(warned(`#!/bin/sh\n${line}\n`)).toEqual(['cdk-imdsv2::boot-call']);
});

test('what calls nothing is none', () => {
  expect(warned('#!/bin/sh\nyum install -y httpd\n')).toEqual([]);
});
