import { documentsOf, either, instance, OPTIONAL, REQUIRED } from './templates';
import { TemplateWorld } from '../../src/posture/template-world';

const problemsOf = (body: unknown) => {
  const [document] = documentsOf({ a: body });
  return new TemplateWorld([document]).problemsOf(document);
};

describe('what could not be read of a template', () => {
  const twoArguments = { 'Fn::If': ['C', REQUIRED] };

  test.each<[name: string, template: unknown, problems: string[]]>([
    ['of nothing', undefined, ['the template is not an object']],
    ['of a list', [], ['the template is not an object']],
    ['of text', 'Resources', ['the template is not an object']],
    ['of an empty object', {}, []],
    ['with resources in a list', { Resources: [] }, ["'Resources' is not an object"]],
    ['with null for resources', { Resources: null }, ["'Resources' is not an object"]],
    ['with well-formed resources', { Resources: { A: instance(either(REQUIRED, OPTIONAL)), B: { Type: 'AWS::S3::Bucket' } } }, []],
    ['with resources that are no objects', { Resources: { A: null, B: [] } }, ["the resource 'A' is not an object", "the resource 'B' is not an object"]],
    ['with a resource without type', { Resources: { A: {} } }, ["the type of 'A' is not a string"]],
    ['with a resource whose type is an object', { Resources: { A: { Type: {} } } }, ["the type of 'A' is not a string"]],
    ['with properties in a list', { Resources: { A: { Type: 'AWS::EC2::Instance', Properties: [] } } }, ["the properties of 'A' are not an object"]],
    ['with null for properties', { Resources: { A: { Type: 'AWS::EC2::Instance', Properties: null } } }, ["the properties of 'A' are not an object"]],
    ['with an Fn::If of two arguments', { Resources: { A: instance(twoArguments) } }, ["an Fn::If in 'A' does not have three arguments"]],
    ['with an Fn::If of no list', { Resources: { A: instance({ 'Fn::If': 'C' }) } }, ["an Fn::If in 'A' does not have three arguments"]],
    ['with an Fn::If of two arguments in a list', { Resources: { A: instance([twoArguments]) } }, ["an Fn::If in 'A' does not have three arguments"]],
    ['with a loop', { Resources: { 'Fn::ForEach::L': ['X', [], { 'A${X}': instance() }] } }, []],
    ['with a broken resource in a loop', { Resources: { 'Fn::ForEach::L': ['X', [], { 'A${X}': null }] } }, ["the resource 'A${X}' is not an object"]],
    ['with a loop of two arguments', { Resources: { 'Fn::ForEach::L': ['X', []] } },
      ["'Fn::ForEach::L' is not a list of a variable, a collection and an object of resources"]],
  ])('%s', (_, template, problems) => {
    expect(problemsOf(template)).toEqual(problems);
  });
});
