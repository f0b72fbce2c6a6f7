// The share of synthesis that RequireImdsv2 and its proof take, beside aws-cdk's three built-in aspects on the same app.
//
// Plain JavaScript on the compiled library, as it is installed. Each figure comes from a process of its own.
import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const [who, stacks] = process.argv.slice(2);
if (who) console.log(JSON.stringify(await measure(who, Number(stacks))));
else main();

function main() {
  for (const [title, on, runs] of [["CDK's own validation off (CDK_VALIDATION=false)", false, 9], ["CDK's own validation on", true, 3]]) {
    console.log(`${title}, median of ${runs}`);
    for (const each of ['ours', 'built-in']) {
      const { resources, synthesis, inside } = median(each, 20, on, runs);
      console.log(`  ${each.padEnd(9)} ${resources} resources, synthesis ${synthesis.toFixed(0)} ms, inside ${inside.toFixed(1)} ms: `
        + `${(100 * inside / synthesis).toFixed(2)} % of synthesis`);
    }
  }
  console.log("growth of ours, CDK's own validation off, median of 9");
  const sizes = [5, 10, 20, 40].map((size) => median('ours', size, false, 9));
  for (const { resources, inside } of sizes) console.log(`  ${String(resources).padStart(6)} resources: ${inside.toFixed(1)} ms`);
  const [first, last] = [sizes[0], sizes[sizes.length - 1]];
  console.log(`  exponent ${(Math.log(last.inside / first.inside) / Math.log(last.resources / first.resources)).toFixed(2)} (1 is linear)`);

  const loads = Array.from({ length: 9 }, () => Number(run('-e',
    "require('aws-cdk-lib'); const t = performance.now(); require('./lib'); console.log(performance.now() - t)"))).sort((a, b) => a - b);
  console.log(`require('cdk-imdsv2') after require('aws-cdk-lib'): ${loads[4].toFixed(1)} ms, median of 9`);
}

function median(each, size, on, runs) {
  const figures = Array.from({ length: runs }, () => JSON.parse(
    run({ CDK_VALIDATION: String(on) }, fileURLToPath(import.meta.url), each, String(size)).trim().split('\n').pop()));
  return figures.sort((a, b) => a.inside / a.synthesis - b.inside / b.synthesis)[Math.floor(runs / 2)];
}

function run(environment, ...args) {
  const [env, argv] = typeof environment === 'string' ? [{}, [environment, ...args]] : [environment, args];
  return execFileSync(process.execPath, argv, {
    cwd: fileURLToPath(new URL('..', import.meta.url)), env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28,
  }).toString();
}

async function measure(each, size) {
  const { App, Aspects, CfnResource, Validations } = (await import('aws-cdk-lib')).default;
  const { build } = await import('./launch-sources-app.mjs');
  let inside = 0;
  const timed = (work) => (...args) => {
    const start = performance.now();
    try { return work(...args); } finally { inside += performance.now() - start; }
  };
  // The proof runs in the validation plugin, wherever it is registered from.
  const { addPlugins } = Validations.prototype;
  Validations.prototype.addPlugins = function (...plugins) {
    for (const plugin of plugins) plugin.validate = timed(plugin.validate.bind(plugin));
    return addPlugins.apply(this, plugins);
  };
  const app = new App({ context: { '@aws-cdk/core:stackResourceLimit': 0, '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig': true } });
  build(app, size);
  for (const aspect of await aspectsOf(each)) {
    aspect.visit = timed(aspect.visit.bind(aspect));
    Aspects.of(app).add(aspect);
  }
  const start = performance.now();
  app.synth();
  const synthesis = performance.now() - start;
  return { resources: app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct)).length, synthesis, inside };
}

async function aspectsOf(each) {
  if (each === 'ours') return [new (await import('../lib/index.js')).RequireImdsv2()];
  const { InstanceRequireImdsv2Aspect, LaunchTemplateRequireImdsv2Aspect } = await import('aws-cdk-lib/aws-ec2');
  const { AutoScalingGroupRequireImdsv2Aspect } = await import('aws-cdk-lib/aws-autoscaling');
  return [new InstanceRequireImdsv2Aspect(), new LaunchTemplateRequireImdsv2Aspect(), new AutoScalingGroupRequireImdsv2Aspect()];
}
