import { existsSync, readFileSync } from 'fs';
import { resolve } from 'path';

/** The .NET sources are complete: every exported type has its file, in the chosen namespace and package. Nothing is compiled. */
const root = resolve(__dirname, '../..');
const assembly = JSON.parse(readFileSync(resolve(root, '.jsii'), 'utf8'));
const { packageId, namespace } = assembly.targets.dotnet;
const folder = resolve(root, 'dist/dotnet', packageId);
const problems: string[] = [];
const expectIn = (file: string, text: string) => {
  if (!existsSync(resolve(folder, file))) problems.push(`${file} is missing`);
  else if (!readFileSync(resolve(folder, file), 'utf8').includes(text)) problems.push(`${file} does not say ${text}`);
};

expectIn(`${packageId}.csproj`, `<PackageId>${packageId}</PackageId>`);
expectIn(`${packageId}.csproj`, `<EmbeddedResource Include="${assembly.name}-${assembly.version}.tgz" />`);
const types: any[] = Object.values(assembly.types);
for (const { name, kind, fqn, datatype } of types) {
  const files = kind !== 'interface' ? [name] : datatype ? [name, `I${name}`] : [name];
  for (const file of files) {
    expectIn(`${namespace}/${file}.cs`, `namespace ${namespace}`);
    expectIn(`${namespace}/${file}.cs`, `"${fqn}"`);
  }
}
if (problems.length > 0) throw new Error(`the generated .NET sources are not complete:\n  ${problems.join('\n  ')}`);
console.log(`dotnet: sources of all ${types.length} types, in namespace ${namespace} of package ${packageId}; NOT COMPILED`);
