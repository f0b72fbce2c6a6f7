import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { Aspects, Stack, Stage, type App } from 'aws-cdk-lib';
import * as cdkEc2 from 'aws-cdk-lib/aws-ec2';
import { born, control, deployed, destroy, ec2, ENV, HERE, IMAGE, launchTemplates, oneStack, setDefaults, start, tokensOfInstances, tokensOfTemplate } from './local-aws';
import { RequireImdsv2 } from '../../src';
import '../support';

jest.setTimeout(120_000);
beforeAll(start);

/** The documented order of precedence, which the local EC2 must keep before anything can be said of a launch. */
describe('the local EC2', () => {
  afterAll(() => setDefaults(HERE, {}));

  test.each([
    // launch, launch template, account, image; tokens, hops
    ['required', undefined, {}, false, 'required', 1],
    ['required', undefined, { HttpTokens: 'optional' }, true, 'required', 2],
    ['optional', undefined, { HttpTokens: 'required' }, true, 'optional', 2],
    ['optional', 'required', {}, false, 'optional', 1],
    [undefined, 'required', { HttpTokens: 'optional' }, false, 'required', 1],
    [undefined, 'optional', { HttpTokens: 'required' }, true, 'optional', 2],
    [undefined, undefined, { HttpTokens: 'required' }, false, 'required', 1],
    [undefined, undefined, { HttpTokens: 'optional' }, true, 'optional', 2],
    [undefined, undefined, { HttpTokens: 'optional' }, false, 'optional', 1],
    [undefined, undefined, {}, true, 'required', 2],
    [undefined, undefined, {}, false, 'optional', 1],
    // Each option on its own.
    [undefined, undefined, { HttpPutResponseHopLimit: 1 }, true, 'required', 1],
    [undefined, undefined, { HttpTokens: 'required', HttpPutResponseHopLimit: 3 }, false, 'required', 3],
  ] as const)('launch %s, launch template %s, account %j, image v2.0 %s: %s with %s hops', async (launch, template, account, image, tokens, hops) => {
    // Two changes a second are allowed.
    await new Promise((wake) => setTimeout(wake, 500));
    control({ v2Images: image ? [IMAGE] : [] });
    await setDefaults(HERE, account);
    const request = { ...launch && { MetadataOptions: { HttpTokens: launch } }, ...template && { LaunchTemplate: await launchTemplate(template) } };
    expect(await born(request)).toEqual({ HttpTokens: tokens, HttpPutResponseHopLimit: hops });
    await setDefaults(HERE, { ...account, HttpTokensEnforced: 'enabled' });
    const enforced = born(request);
    if (tokens === 'required') await enforced;
    else await expect(enforced).rejects.toMatchObject({ name: 'UnsupportedOperation' });
  });

  async function launchTemplate(tokens: 'required' | 'optional'): Promise<{ LaunchTemplateId: string }> {
    const { LaunchTemplate } = await ec2(HERE).send(new CreateLaunchTemplateCommand({
      LaunchTemplateName: `template-${Math.random()}`, LaunchTemplateData: { ImageId: IMAGE, MetadataOptions: { HttpTokens: tokens } },
    }));
    return { LaunchTemplateId: LaunchTemplate!.LaunchTemplateId! };
  }
});

test('with the aspect, in a stage too, every instance is born required, and so are the launch templates', async () => {
  const before = (await tokensOfInstances()).length;
  const known = (await launchTemplates()).map(({ id }) => id);
  const build = (app: App) => {
    for (const scope of [app, new Stage(app, 'Production', { env: ENV })]) {
      const stack = new Stack(scope, 'Shop', { env: ENV });
      new cdkEc2.CfnInstance(stack, 'Silent', { imageId: IMAGE });
      new cdkEc2.CfnInstance(stack, 'Optional', { imageId: IMAGE, metadataOptions: { httpTokens: 'optional' } });
      new cdkEc2.CfnLaunchTemplate(stack, 'Fixed', { launchTemplateData: { imageId: IMAGE } });
      const template = new cdkEc2.CfnLaunchTemplate(stack, 'Held', { launchTemplateData: { imageId: IMAGE } });
      new cdkEc2.CfnInstance(stack, 'Follower', { launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber } });
    }
    RequireImdsv2.addTo(app);
  };
  await deployed(build);
  expect((await tokensOfInstances()).slice(before)).toEqual(Array(6).fill('required'));
  const templates = (await launchTemplates()).filter(({ id }) => !known.includes(id));
  // Nothing edits the template that an instance follows: its new version would replace the instance.
  expect(await Promise.all(templates.map(({ id }) => tokensOfTemplate(id)))).toEqual(['required', undefined, 'required', undefined]);
  await destroy(build, 'Shop', 'Production-Shop');
});

test('a launch template that is fixed has its default version moved, and what launches from $Default is born required', async () => {
  const known = new Set((await launchTemplates()).map(({ id }) => id));
  const build = (fixed: boolean) => oneStack((stack) => {
    new cdkEc2.CfnLaunchTemplate(stack, 'Template', { launchTemplateName: 'shop', launchTemplateData: { imageId: IMAGE } });
    if (fixed) Aspects.of(stack).add(new RequireImdsv2({ updateDefaultVersion: true }));
  }, 'Templates');
  const mine = async () => (await launchTemplates()).find(({ id }) => !known.has(id))!;
  await setDefaults(HERE, {});
  await deployed(build(false));
  const { id } = await mine();
  const fromDefault = { LaunchTemplate: { LaunchTemplateId: id, Version: '$Default' } };
  expect((await born(fromDefault)).HttpTokens).toBe('optional');
  await deployed(build(true));
  expect(await mine()).toEqual({ id, defaultVersion: 2, latestVersion: 2 });
  expect((await born(fromDefault)).HttpTokens).toBe('required');
  await destroy(build(true), 'Templates');
});
