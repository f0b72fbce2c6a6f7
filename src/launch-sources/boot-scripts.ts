import { CATALOG } from './catalog';
import { IMAGE_BUILDER_INFRASTRUCTURE } from './image-builder-infrastructure';
import type { LaunchSourceType } from './launch-source';
import { EACH } from './places';
import { SAGEMAKER_NOTEBOOK_INSTANCE } from './sagemaker-notebook-instance';
import type { Json } from '../private/json';

/** A resource that makes the instances of a launch source run a script. */
export interface BootScriptUse {
  readonly type: string;
  /** Where below its properties it names what holds the script. */
  readonly script: string;
  /** Where it names the launch source; absent where it is the launch source itself. */
  readonly launchSource?: string;
}

/** A type that launches nothing, and holds a script that the instances of other resources run when they start. */
export interface BootScriptType {
  readonly type: string;
  /** What a user calls it. */
  readonly name: string;
  readonly documentation: string;
  readonly userDataPaths: ReadonlyArray<readonly string[]>;
  /** The property by whose value others may name it. */
  readonly nameProperty: string;
  /** The type whose instances run it. */
  readonly runBy: LaunchSourceType;
  readonly usedBy: readonly BootScriptUse[];
}

/** OnCreate runs once; OnStart runs at every start, the first included. */
const NOTEBOOK_LIFECYCLE: BootScriptType = {
  type: 'AWS::SageMaker::NotebookInstanceLifecycleConfig',
  name: 'notebook lifecycle configuration',
  documentation: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstanceLifecycleConfig.html',
  userDataPaths: [['OnCreate', EACH, 'Content'], ['OnStart', EACH, 'Content']],
  nameProperty: 'NotebookInstanceLifecycleConfigName',
  runBy: SAGEMAKER_NOTEBOOK_INSTANCE,
  usedBy: [{ type: SAGEMAKER_NOTEBOOK_INSTANCE.type, script: 'LifecycleConfigName' }],
};

/** Its user data takes the place of what Image Builder runs itself on build instances. A container recipe has none. */
const IMAGE_RECIPE: BootScriptType = {
  type: 'AWS::ImageBuilder::ImageRecipe',
  name: 'Image Builder image recipe',
  documentation: 'https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_AdditionalInstanceConfiguration.html',
  userDataPaths: [['AdditionalInstanceConfiguration', 'UserDataOverride']],
  nameProperty: 'Name',
  runBy: IMAGE_BUILDER_INFRASTRUCTURE,
  usedBy: ['AWS::ImageBuilder::Image', 'AWS::ImageBuilder::ImagePipeline']
    .map((type) => ({ type, script: 'ImageRecipeArn', launchSource: 'InfrastructureConfigurationArn' })),
};

/** Every type that holds a boot script for the instances of others. */
export const BOOT_SCRIPTS: ReadonlyMap<string, BootScriptType> = new Map([NOTEBOOK_LIFECYCLE, IMAGE_RECIPE].map((holder) => [holder.type, holder]));

/** Where below the properties of a type scripts stand that instances run when they start. */
export function userDataPathsOf(type: Json): ReadonlyArray<readonly string[]> {
  return (typeof type === 'string' ? CATALOG.get(type) ?? BOOT_SCRIPTS.get(type) : undefined)?.userDataPaths ?? [];
}
