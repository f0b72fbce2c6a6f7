import type { RoleAccess } from './records';

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
}

const ORDER: readonly RoleAccess[] = ['none', 'scoped', 'wildcard', 'administrator'];

/** Who may do one of these to any role can give itself everything. */
const GIVES_ITSELF_ALL = ['iam:attachrolepolicy', 'iam:putrolepolicy'];

/**
 * What policies allow at most: `administrator` everything, or to give themselves everything; `wildcard` all actions of
 * a pattern, or all but some, on all resources; `scoped` something else; `none` nothing. Denials, conditions and boundaries
 * could only take away, and are not looked at.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export function accessOf(documents: readonly string[]): RoleAccess {
  let most: RoleAccess = 'none';
  for (const document of documents) {
    const { Statement: statements = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] };
    for (const statement of listOf(statements)) {
      const access = accessOfStatement(statement);
      if (ORDER.indexOf(access) > ORDER.indexOf(most)) most = access;
    }
  }
  return most;
}

function accessOfStatement(statement: Statement): RoleAccess {
  if (statement.Effect !== 'Allow') return 'none';
  const resources = listOf(statement.Resource ?? []);
  const actions = listOf(statement.Action ?? []).map((action) => action.toLowerCase());
  const onEverything = statement.NotResource !== undefined || resources.includes('*');
  const onRoles = onEverything || resources.some((resource) => /^arn:[^:]*:iam::[^:]*:(role\/)?\*$/.test(resource));
  const isAdministrator = statement.NotAction !== undefined
    ? onEverything
    : onRoles && actions.some((pattern) => GIVES_ITSELF_ALL.some((action) => matches(pattern, action)));
  if (isAdministrator) return 'administrator';
  return onEverything && actions.some((pattern) => /[*?]/.test(pattern)) ? 'wildcard' : 'scoped';
}

function matches(pattern: string, action: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${source}$`).test(action);
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
