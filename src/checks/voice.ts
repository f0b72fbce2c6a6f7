import { Stage, type IPolicyValidationPlugin } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { nameOf } from './control-checks';
import type { Demands, PackFinding } from './demands';
import type { Imdsv2ChecksProps } from './packs/imdsv2-checks-props';
import { acknowledgementOf } from '../private/acknowledgements';
import type { Rule } from '../private/rules';
import { isWithin } from '../private/scopes';
import type { Control } from './controls/control';
import type { CheckedSource } from './template-checks';

/** On the root itself, where every copy of the library in the tree finds them. */
const VOICES = Symbol.for('cdk-imdsv2.voices');

/** A pack of an app, as whatever else speaks in the app sees it. */
export class Voice {
  /** What the controls of all packs say of a launch source by a rule: whoever speaks of it names them all. */
  public static controlFindings(rule: Rule, source: () => CheckedSource, construct: IConstruct): PackFinding[] {
    return Voice.about(construct).flatMap((voice) => voice.demands
      .findings(source(), (id) => !voice.isAcknowledged(construct, id))
      .filter((finding) => finding.rule === rule && controlsOf(finding).length > 0));
  }

  /** What all packs say of a launch source, whatever is acknowledged. */
  public static findings(source: CheckedSource, construct: IConstruct): PackFinding[] {
    return Voice.about(construct).flatMap(({ demands }) => demands.findings(source, () => true));
  }

  private static about(construct: IConstruct): Voice[] {
    return Voice.inApp(construct.node.root).filter(({ stage }) => isWithin(construct, stage));
  }

  private static inApp(root: IConstruct & { [VOICES]?: Voice[] }): Voice[] {
    if (!root[VOICES]) Object.defineProperty(root, VOICES, { value: [] });
    return root[VOICES]!;
  }

  private readonly stage: IConstruct;

  constructor(
    scope: IConstruct,
    public readonly pack: IPolicyValidationPlugin,
    public readonly demands: Demands,
    public readonly props: Imdsv2ChecksProps,
  ) {
    this.stage = (Stage.isStage(scope) ? scope : Stage.of(scope)) ?? scope.node.root;
    Voice.inApp(scope.node.root).push(this);
  }

  /** The id that exempts from this pack alone: `SecurityHubImdsv2Checks::EC2.8`. */
  public idOf(id: string): string {
    return `${this.pack.name}::${id}`;
  }

  public isAcknowledged(construct: IConstruct, id: string): boolean {
    return acknowledgementOf(construct, this.idOf(id)) !== undefined;
  }
}

/** Controls as findings name them: `fails security-hub EC2.8 (High), nist AC-6`. Empty where there are none. */
export function sentenceOf(findings: readonly PackFinding[]): string {
  const [failing, undecided] = [false, true].map((isUndecided) => new Set(
    findings.filter((finding) => (finding.undecided !== undefined) === isUndecided).flatMap(controlsOf),
  ));
  return [
    failing.size > 0 && `fails ${listed(failing)}`,
    undecided.size > 0 && `is undecided for ${listed(undecided)}`,
  ].filter(Boolean).join(' and ');
}

function controlsOf(finding: PackFinding): readonly Control[] {
  return 'controls' in finding ? finding.controls : [];
}

function listed(controls: ReadonlySet<Control>): string {
  return [...controls].map((control) => nameOf(control) + (control.severity ? ` (${control.severity})` : '')).join(', ');
}
