import { declared, section, type TemplateDocument } from './template-document';
import { Values } from './values';
import { callOf, ifBranches, isStruct, valueAt, type Json } from '../private/json';

/** Conditions within conditions, beyond which nothing is evaluated, and functions within functions. */
const MAX_DEPTH = 50;

/** Values under the assumption that every parameter has its default; conditions are evaluated with it. */
export class Defaults extends Values {
  private readonly evaluated = new Map<string, boolean | undefined>();
  private nesting = 0;

  /** `value` without the conditions that are decided. */
  public decided(value: Json, document: TemplateDocument, depth = 0): Json {
    let current = value;
    for (let choice = ifBranches(current); choice; choice = ifBranches(current)) {
      const holds = this.holds(choice.condition, document);
      if (holds === undefined) break;
      current = choice.branches[holds ? 0 : 1];
    }
    if (depth > MAX_DEPTH) return current;
    if (Array.isArray(current)) return current.map((item) => this.decided(item, document, depth + 1));
    if (!isStruct(current)) return current;
    return Object.fromEntries(Object.entries(current).map(([key, item]) => [key, this.decided(item, document, depth + 1)]));
  }

  protected override parameter(name: string, document: TemplateDocument): readonly Json[] | undefined {
    const value = valueAt(declared(name, document), ['Default']);
    return value === undefined ? super.parameter(name, document) : [value];
  }

  protected override holds(condition: Json, document: TemplateDocument): boolean | undefined {
    if (typeof condition !== 'string') return undefined;
    const key = `${document.id}\0${condition}`;
    if (!this.evaluated.has(key)) {
      // What depends on itself is not decided.
      this.evaluated.set(key, undefined);
      this.evaluated.set(key, this.evaluate(section(document, 'Conditions')[condition], document));
    }
    return this.evaluated.get(key);
  }

  private evaluate(expression: Json, document: TemplateDocument): boolean | undefined {
    if (this.nesting > MAX_DEPTH) return undefined;
    this.nesting++;
    const holds = this.evaluateCall(expression, document);
    this.nesting--;
    return holds;
  }

  private evaluateCall(expression: Json, document: TemplateDocument): boolean | undefined {
    if (isStruct(expression) && typeof expression.Condition === 'string') return this.holds(expression.Condition, document);
    const call = callOf(expression);
    if (!call || !Array.isArray(call.argument)) return undefined;
    if (call.name === 'Fn::Equals') {
      const [left, right] = call.argument.map((value) => this.text(value, document));
      return left === undefined || right === undefined ? undefined : left === right;
    }
    const operands = call.argument.map((operand) => this.evaluate(operand, document));
    switch (call.name) {
      case 'Fn::Not': return operands[0] === undefined ? undefined : !operands[0];
      case 'Fn::And': return operands.includes(false) ? false : operands.includes(undefined) ? undefined : true;
      case 'Fn::Or': return operands.includes(true) ? true : operands.includes(undefined) ? undefined : false;
      default: return undefined;
    }
  }
}
