import { callOf, type Json } from '../private/json';
import { piecesOf } from '../private/substitution';

/** What is known of the stack that writes a name. */
export interface Place {
  readonly stackName?: string;
  /** `aws://account/region`, each of them unknown or not. */
  readonly environment?: string;
}

/**
 * A name that holds in one account and region, such as that of an export, as text; undefined where anything but the stack that
 * writes it and these two decides.
 *
 * An account or region that is not known is the same for all who share the name, and stands in the text as it is written.
 *
 * @param textOf what a value stands for that is no pseudo parameter
 */
export function sharedName(name: Json, place: Place, textOf: (value: Json) => string | undefined): string | undefined {
  const inText = (value: Json) => sharedName(value, place, textOf);
  const call = callOf(name);
  switch (call?.name) {
    case 'Ref': return String(call.argument).startsWith('AWS::') ? pseudoParameter(String(call.argument), place) : textOf(name);
    case 'Fn::Sub': return joined(piecesOf(call.argument)?.map((piece) => inText('text' in piece ? piece.text : piece.value)), '');
    case 'Fn::Join': {
      const [separator, list] = Array.isArray(call.argument) ? call.argument : [];
      return typeof separator === 'string' && Array.isArray(list) ? joined(list.map(inText), separator) : undefined;
    }
    default: return textOf(name);
  }
}

/** A text that means nothing else to CloudFormation. */
export function literal(value: Json): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function joined(texts: ReadonlyArray<string | undefined> | undefined, separator: string): string | undefined {
  return texts?.includes(undefined) ? undefined : texts?.join(separator);
}

function pseudoParameter(name: string, { stackName, environment = '' }: Place): string | undefined {
  const [, account, region] = /aws:\/\/([^/]*)\/([^/]*)$/.exec(environment) ?? [];
  switch (name) {
    case 'AWS::StackName': return stackName;
    case 'AWS::AccountId': return account === undefined || account === 'unknown-account' ? `\${${name}}` : account;
    case 'AWS::Region': return region === undefined || region === 'unknown-region' ? `\${${name}}` : region;
    case 'AWS::Partition': return `\${${name}}`;
    default: return undefined;
  }
}
