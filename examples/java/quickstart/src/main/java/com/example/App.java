package com.example;

import io.github.cdkimdsv2.HopLimit;
import io.github.cdkimdsv2.RequireImdsv2;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.autoscaling.AutoScalingGroup;
import software.amazon.awscdk.services.ec2.CfnInstance;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.LaunchTemplate;
import software.amazon.awscdk.services.ec2.MachineImage;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.Vpc;

public final class App {
    public static void main(String[] args) {
        var app = new software.amazon.awscdk.App();
        var stack = new Stack(app, "Shop");
        var vpc = Vpc.Builder.create(stack, "Vpc").maxAzs(2).build();

        CfnInstance.Builder.create(stack, "Ftp").imageId("ami-12345678").instanceType("t3.small").build();
        var template = LaunchTemplate.Builder.create(stack, "ApiTemplate")
            .instanceType(new InstanceType("t3.small"))
            .machineImage(MachineImage.latestAmazonLinux2023())
            .securityGroup(SecurityGroup.Builder.create(stack, "ApiSecurityGroup").vpc(vpc).build())
            .build();
        AutoScalingGroup.Builder.create(stack, "Api").vpc(vpc).launchTemplate(template).build();

        Aspects.of(app).add(RequireImdsv2.Builder.create().hopLimit(HopLimit.HOST).build());
        app.synth();
    }
}
