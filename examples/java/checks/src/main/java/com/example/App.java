package com.example;

import io.github.cdkimdsv2.CisImdsv2Checks;
import io.github.cdkimdsv2.CisVersion;
import io.github.cdkimdsv2.SecurityHubImdsv2Checks;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Validations;
import software.amazon.awscdk.services.ec2.CfnInstance;

public final class App {
    public static void main(String[] args) {
        var app = new software.amazon.awscdk.App();
        var stack = new Stack(app, "Shop");
        CfnInstance.Builder.create(stack, "Ftp").imageId("ami-12345678").instanceType("t3.small").build();

        Validations.of(app).addPlugins(
            CisImdsv2Checks.Builder.create(app).version(CisVersion.V5_0).build(),
            SecurityHubImdsv2Checks.Builder.create(app).build());
        app.synth();
    }
}
