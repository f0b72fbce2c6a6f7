module example.com/imdsv2

go 1.25

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.262.1
	github.com/aws/jsii-runtime-go v1.140.0
	github.com/cdk-imdsv2/cdk-imdsv2-go/cdkimdsv2 v0.0.0
)
