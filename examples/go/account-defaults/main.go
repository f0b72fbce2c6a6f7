package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-imdsv2/cdk-imdsv2-go/cdkimdsv2"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("AccountDefaults"), nil)

	defaults := cdkimdsv2.NewImdsv2AccountDefaults(stack, jsii.String("Imdsv2"), &cdkimdsv2.Imdsv2AccountDefaultsProps{
		Regions:   cdkimdsv2.AccountRegions_Of(jsii.Strings("eu-west-1", "eu-central-1")),
		HopLimit:  cdkimdsv2.HopLimit_CONTAINERS(),
		OnRemoval: cdkimdsv2.OnRemoval_RESTORE,
	})
	awscdk.NewCfnOutput(stack, jsii.String("InForce"), &awscdk.CfnOutputProps{
		Value: defaults.EffectiveDefaults(jsii.String("eu-west-1")),
	})
	app.Synth(nil)
}
