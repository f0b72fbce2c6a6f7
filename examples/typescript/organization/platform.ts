import { App, Aspects, Stage, type AppProps, type StageProps } from 'aws-cdk-lib';
import { RequireImdsv2, type RequireImdsv2Props } from 'cdk-imdsv2';
import type { Construct } from 'constructs';

/** What the platform team asks of every app; one place, in one package, that apps take newer versions of. */
const PLATFORM: RequireImdsv2Props = { help: 'Questions: #platform, https://wiki.example.com/imdsv2' };

/** The `App` of teams that take it from the platform's package. */
export class PlatformApp extends App {
  constructor(props?: AppProps) {
    super(props);
    Aspects.of(this).add(new RequireImdsv2(PLATFORM));
  }
}

/** The `Stage` that goes with it: the aspects of an app do not reach the stacks of its stages. */
export class PlatformStage extends Stage {
  constructor(scope: Construct, id: string, props?: StageProps) {
    super(scope, id, props);
    Aspects.of(this).add(new RequireImdsv2(PLATFORM));
  }
}
