package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-imdsv2/cdk-imdsv2-go/cdkimdsv2"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Shop"), nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{MaxAzs: jsii.Number(2)})

	awsec2.NewCfnInstance(stack, jsii.String("Ftp"), &awsec2.CfnInstanceProps{
		ImageId:      jsii.String("ami-12345678"),
		InstanceType: jsii.String("t3.small"),
	})
	template := awsec2.NewLaunchTemplate(stack, jsii.String("ApiTemplate"), &awsec2.LaunchTemplateProps{
		InstanceType: awsec2.NewInstanceType(jsii.String("t3.small")),
		MachineImage: awsec2.MachineImage_LatestAmazonLinux2023(nil),
		SecurityGroup: awsec2.NewSecurityGroup(stack, jsii.String("ApiSecurityGroup"), &awsec2.SecurityGroupProps{
			Vpc: vpc,
		}),
	})
	awsautoscaling.NewAutoScalingGroup(stack, jsii.String("Api"), &awsautoscaling.AutoScalingGroupProps{
		Vpc:            vpc,
		LaunchTemplate: template,
	})

	awscdk.Aspects_Of(app).Add(cdkimdsv2.NewRequireImdsv2(&cdkimdsv2.RequireImdsv2Props{
		HopLimit: cdkimdsv2.HopLimit_HOST(),
	}), nil)
	app.Synth(nil)
}
