package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-imdsv2/cdk-imdsv2-go/cdkimdsv2"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Shop"), nil)
	awsec2.NewCfnInstance(stack, jsii.String("Ftp"), &awsec2.CfnInstanceProps{
		ImageId:      jsii.String("ami-12345678"),
		InstanceType: jsii.String("t3.small"),
	})

	awscdk.Validations_Of(app).AddPlugins(
		cdkimdsv2.NewCisImdsv2Checks(app, &cdkimdsv2.CisImdsv2ChecksProps{Version: cdkimdsv2.CisVersion_V5_0}),
		cdkimdsv2.NewSecurityHubImdsv2Checks(app, nil),
	)
	app.Synth(nil)
}
