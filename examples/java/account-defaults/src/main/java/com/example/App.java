package com.example;

import io.github.cdkimdsv2.AccountRegions;
import io.github.cdkimdsv2.HopLimit;
import io.github.cdkimdsv2.Imdsv2AccountDefaults;
import io.github.cdkimdsv2.OnRemoval;
import java.util.List;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;

public final class App {
    public static void main(String[] args) {
        var app = new software.amazon.awscdk.App();
        var stack = new Stack(app, "AccountDefaults");

        var defaults = Imdsv2AccountDefaults.Builder.create(stack, "Imdsv2")
            .regions(AccountRegions.of(List.of("eu-west-1", "eu-central-1")))
            .hopLimit(HopLimit.CONTAINERS)
            .onRemoval(OnRemoval.RESTORE)
            .build();
        CfnOutput.Builder.create(stack, "InForce").value(defaults.effectiveDefaults("eu-west-1")).build();
        app.synth();
    }
}
