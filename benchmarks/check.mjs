// What `cdk-imdsv2 check` takes on 100 MB of templates, beside JSON.parse of the same files.
//
// Plain JavaScript on the compiled library, as it is installed. Each figure comes from a process of its own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const TEMPLATES = 110;
const BYTES = 1_000_000;
/** One resource in this many launches instances: a large app, and no fleet of nothing else. */
const SHARE = 5;

const [who, ...args] = process.argv.slice(2);
if (who) await measure(who, ...args);
else main();

function main() {
  const folder = mkdtempSync(join(tmpdir(), 'check-'));
  try {
    const bytes = generate(join(folder, 'templates'));
    const parse = run('parse', folder);
    console.log(`${TEMPLATES} templates, ${(bytes / 1e6).toFixed(0)} MB; JSON.parse ${parse.time.toFixed(0)} ms, ${parse.memory} MB`);
    for (const format of ['table', 'json']) {
      const ours = run(format, folder);
      console.log(`check --format ${format}: ${ours.time.toFixed(0)} ms, ${(ours.time / parse.time).toFixed(2)}x JSON.parse, `
        + `${ours.memory} MB at most, ${ours.yaml ? 'yaml loaded' : 'yaml never loaded'}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(...argv) {
  return JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...argv]).toString());
}

async function measure(who, folder) {
  const { run: command } = (await import('../lib/cli/command.js')).default;
  const start = performance.now();
  if (who === 'parse') {
    for (const name of readdirSync(join(folder, 'templates'))) JSON.parse(readFileSync(join(folder, 'templates', name), 'utf8'));
  } else {
    await command(['check', 'templates', '--format', who, '--output', 'report'], { cwd: folder, stdout: process.stdout, stderr: process.stderr, env: {} });
  }
  console.log(JSON.stringify({
    time: performance.now() - start,
    memory: Math.round(process.resourceUsage().maxRSS / 1024),
    yaml: process.getBuiltinModule('module').createRequire(import.meta.url).cache[fileURLToPath(import.meta.resolve('yaml'))] !== undefined,
  }));
}

function generate(folder) {
  mkdirSync(folder);
  let bytes = 0;
  for (let template = 0; template < TEMPLATES; template++) {
    const Resources = {};
    const size = BYTES - 2000;
    for (let written = 0, i = 0; written < size; i++) {
      const resource = resourceOf(template, i);
      Resources[`Resource${i}`] = resource;
      written += JSON.stringify({ [`Resource${i}`]: resource }, undefined, 1).length;
    }
    const text = JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources }, undefined, 1);
    writeFileSync(join(folder, `stack-${template}.template.json`), text);
    bytes += text.length;
  }
  return bytes;
}

function resourceOf(template, i) {
  const Tags = [{ Key: 'Name', Value: `resource ${i} of ${template}` }, { Key: 'Stack', Value: { Ref: 'AWS::StackName' } }];
  if (i % SHARE === 0) {
    return {
      Type: 'AWS::EC2::Instance',
      Properties: {
        ImageId: { Ref: 'Image' }, InstanceType: 'm7i.large', SubnetId: { 'Fn::ImportValue': `subnet-${i % 3}` }, Tags,
        UserData: { 'Fn::Base64': { 'Fn::Sub': `#!/bin/bash\nset -eu\ndnf -y install nginx-${i}\nsystemctl enable --now nginx\necho \${AWS::Region} > /etc/region\n` } },
        // Of a large app, most that there is complies.
        ...i % (SHARE * 20) === 0 ? {} : { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } },
      },
    };
  }
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: `role ${i}`, Tags,
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }] },
      Policies: [{
        PolicyName: `policy-${i}`,
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: `arn:aws:s3:::bucket-${i}/*` }] },
      }],
    },
  };
}
