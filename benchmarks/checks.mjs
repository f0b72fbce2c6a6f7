// What judging an app costs: the pack with every rule of this library over the written templates, beside cdk-nag's
// EC2IMDSv2Enabled over the tree.
//
// Plain JavaScript on the compiled library, as it is installed. Ours reads and parses the templates; theirs walks what is in memory.
import { performance } from 'node:perf_hooks';
import cdk from 'aws-cdk-lib';
import autoscaling from 'aws-cdk-lib/aws-autoscaling';
import ec2 from 'aws-cdk-lib/aws-ec2';
import nag from 'cdk-nag';
import { build } from './launch-sources-app.mjs';
import library from '../lib/index.js';

process.env.CDK_VALIDATION = 'false';
const RUNS = 3;
const CONTEXT = { '@aws-cdk/core:stackResourceLimit': 0, '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig': true };

compare('20 stacks of 400 resources, mostly instances without a launch template, and templates without a name', (app) => build(app, 20));
compare('20 stacks of 400 resources, named launch templates with a group each', (app) => pairsIn(app, 20, 200));
compare('one stack of 500 resources, named launch templates with a group each', (app) => pairsIn(app, 1, 250));
growth('ours', 'ours', 2000, 8000);
growth('cdk-nag', 'nag', 125, 500);

function growth(name, who, few, many) {
  const [small, large] = [few, many].map((pairs) => measure((app) => pairsIn(app, 1, pairs), [who]));
  const exponent = Math.log(large[who] / small[who]) / Math.log(large.resources / small.resources);
  console.log(`growth of ${name} from ${small.resources} to ${large.resources} resources in one stack: exponent ${exponent.toFixed(2)} (1 is linear)`);
}

function compare(title, fill) {
  const { ours, nag: theirs, resources, findings } = measure(fill);
  console.log(`${title} (${resources} resources, ${findings} findings), median of ${RUNS}`);
  console.log(`  ours      ${ours.toFixed(1)} ms, the pack with every rule on every launch source, the templates read and parsed`);
  console.log(`  cdk-nag   ${theirs.toFixed(1)} ms, one rule on instances and groups`);
  console.log(`  ratio     ${(theirs / ours).toFixed(1)} times as fast`);
}

function measure(fill, whom = ['ours', 'nag']) {
  const app = new cdk.App({ context: CONTEXT });
  fill(app);
  const assembly = app.synth();
  const templatePaths = assembly.stacks.map(({ templateFullPath }) => templateFullPath);
  const resources = app.node.findAll().filter((construct) => cdk.CfnResource.isCfnResource(construct));
  const pack = new library.Imdsv2Checks(app);
  let findings = 0;
  const ours = () => {
    findings = pack.validate({ appConstruct: app, templatePaths }).violations.length;
  };
  const theirs = () => resources.forEach((resource) => {
    nag.rules.ec2.EC2IMDSv2Enabled(resource);
  });
  const times = Object.fromEntries(whom.map((who) => [who, median({ ours, nag: theirs }[who])]));
  return { ...times, resources: resources.length, findings };
}

function median(work) {
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)];
}

function pairsIn(app, stacks, pairs) {
  for (let s = 0; s < stacks; s++) fillWithPairs(new cdk.Stack(app, `Stack${s}`), pairs);
}

function fillWithPairs(stack, pairs) {
  for (let i = 0; i < pairs; i++) {
    const template = new ec2.CfnLaunchTemplate(stack, `Template${i}`, {
      launchTemplateName: `template-${i}`, launchTemplateData: { imageId: 'ami-1', metadataOptions: { httpTokens: i % 2 ? 'required' : 'optional' } },
    });
    new autoscaling.CfnAutoScalingGroup(stack, `Group${i}`, {
      minSize: '1', maxSize: '1', launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
    });
  }
}
