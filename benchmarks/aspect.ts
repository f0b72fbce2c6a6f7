import { execFileSync } from 'child_process';
import { performance } from 'perf_hooks';
import type { IAspect, IPolicyValidationPlugin } from 'aws-cdk-lib';

/**
 * The share of synthesis that RequireImdsv2 and its proof take, beside aws-cdk's three built-in aspects on the same app.
 *
 * Each figure comes from a process of its own; the app is 20 stacks of about 400 resources, L1 and L2 launch sources.
 */
interface Figure { readonly resources: number; readonly synthesis: number; readonly inside: number }

const [mode, stacks, validation] = process.argv.slice(2);
if (mode === 'ours' || mode === 'built-in') {
  measure(mode, Number(stacks)).then((figure) => console.log(JSON.stringify(figure)));
} else {
  main();
}

function main(): void {
  for (const [title, on, runs] of [["CDK's own validation off (CDK_VALIDATION=false)", false, 5], ["CDK's own validation on", true, 1]] as const) {
    console.log(`\n${title}, median of ${runs}`);
    for (const who of ['ours', 'built-in'] as const) {
      const { resources, synthesis, inside } = median(who, 20, on, runs);
      console.log(`  ${who.padEnd(9)} ${resources} resources, synthesis ${synthesis.toFixed(0)} ms, inside ${inside.toFixed(1)} ms: `
        + `${(100 * inside / synthesis).toFixed(2)} % of synthesis`);
    }
  }
  console.log("\ngrowth of ours, CDK's own validation off, median of 5");
  const sizes = [5, 10, 20, 40].map((size) => median('ours', size, false, 5));
  for (const { resources, inside } of sizes) console.log(`  ${String(resources).padStart(6)} resources: ${inside.toFixed(1)} ms`);
  const [first, last] = [sizes[0], sizes[sizes.length - 1]];
  console.log(`  exponent ${(Math.log(last.inside / first.inside) / Math.log(last.resources / first.resources)).toFixed(2)} (1 is linear)`);

  const load = (what: string) => Number(execFileSync(process.execPath, ['-e',
    `require('aws-cdk-lib'); const t = performance.now(); require('${what}'); console.log(performance.now() - t)`]).toString());
  const loads = Array.from({ length: 9 }, () => load('./lib')).sort((a, b) => a - b);
  console.log(`\nrequire('cdk-imdsv2') after require('aws-cdk-lib'): ${loads[4].toFixed(1)} ms (median of 9; built library)`);
}

function median(who: string, size: number, on: boolean, runs: number): Figure {
  const figures = Array.from({ length: runs }, () => JSON.parse(execFileSync(
    process.execPath, [...process.execArgv, __filename, who, String(size)],
    { env: { ...process.env, CDK_VALIDATION: String(on) }, stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 },
  ).toString().trim().split('\n').pop()!) as Figure);
  return figures.sort((a, b) => a.inside / a.synthesis - b.inside / b.synthesis)[Math.floor(runs / 2)];
}

async function measure(who: 'ours' | 'built-in', size: number): Promise<Figure> {
  const { App, Aspects, CfnResource, Validations } = await import('aws-cdk-lib');
  const { build } = await import('./launch-sources-app');
  let inside = 0;
  const timed = <A extends unknown[], R>(work: (...args: A) => R) => (...args: A): R => {
    const start = performance.now();
    try { return work(...args); } finally { inside += performance.now() - start; }
  };
  // The proof runs in the validation plugin, wherever it is registered from.
  const { addPlugins } = Validations.prototype;
  Validations.prototype.addPlugins = function (...plugins: IPolicyValidationPlugin[]) {
    for (const plugin of plugins) plugin.validate = timed(plugin.validate.bind(plugin));
    return addPlugins.apply(this, plugins);
  };
  const app = new App({ context: { '@aws-cdk/core:stackResourceLimit': 0, '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig': true } });
  build(app, size);
  for (const aspect of await aspectsOf(who)) {
    aspect.visit = timed(aspect.visit.bind(aspect));
    Aspects.of(app).add(aspect);
  }
  const start = performance.now();
  app.synth();
  const synthesis = performance.now() - start;
  const resources = app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct)).length;
  return { resources, synthesis, inside };
}

async function aspectsOf(who: 'ours' | 'built-in'): Promise<IAspect[]> {
  if (who === 'ours') return [new (await import('../src')).RequireImdsv2()];
  const ec2 = await import('aws-cdk-lib/aws-ec2');
  const autoscaling = await import('aws-cdk-lib/aws-autoscaling');
  return [new ec2.InstanceRequireImdsv2Aspect(), new ec2.LaunchTemplateRequireImdsv2Aspect(), new autoscaling.AutoScalingGroupRequireImdsv2Aspect()];
}
