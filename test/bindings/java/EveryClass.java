import io.github.cdkimdsv2.*;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.LaunchTemplate;

/** Makes one of every exported class; the names of all of them, from the assembly, are the arguments. */
public final class EveryClass {
    public static void main(String[] exported) throws ClassNotFoundException {
        var stack = new Stack(new App(), "Stack");
        Map<String, Supplier<Object>> making = new TreeMap<>();
        making.put("AccountRegions", () -> AccountRegions.allEnabled());
        making.put("CisImdsv2Checks", () -> CisImdsv2Checks.Builder.create(stack).version(CisVersion.V5_0).build());
        making.put("ControlTowerImdsv2Checks", () -> new ControlTowerImdsv2Checks(stack));
        making.put("Approval", () -> Approval.none());
        making.put("FleetAccounts", () -> FleetAccounts.of(List.of("111122223333"),
            FleetAccountsOptions.builder().roleName("imdsv2-inspection").build()));
        making.put("FleetGroups", () -> FleetGroups.instanceRefresh());
        making.put("Wave", () -> Wave.percent(25));
        making.put("HopLimit", () -> HopLimit.of(3));
        making.put("Imdsv2AccountDefaults", () -> new Imdsv2AccountDefaults(stack, "Defaults"));
        making.put("Imdsv2AccountDefaultsAssertion", () -> new Imdsv2AccountDefaultsAssertion(stack, "Assertion"));
        making.put("Imdsv2Checks", () -> Imdsv2Checks.Builder.create(stack).strict(true).build());
        making.put("Imdsv2ConfigRules", () -> Imdsv2ConfigRules.Builder.create(stack, "Rules")
            .rules(List.of(Imdsv2ConfigRule.EC2_IMDSV2_CHECK)).build());
        making.put("Imdsv2Dashboard", () -> new Imdsv2Dashboard(stack, "Dashboard"));
        making.put("Imdsv2DeclarativePolicy", () -> new Imdsv2DeclarativePolicy(stack, "Declarative"));
        making.put("Imdsv2Exemption", () -> Imdsv2Exemption.of(stack));
        making.put("Imdsv2FleetChangeRole", () -> Imdsv2FleetChangeRole.Builder.create(stack, "Change")
            .roleName("imdsv2-inspection").trustedAccount("111122223333").build());
        making.put("Imdsv2FleetInspectionRole", () -> Imdsv2FleetInspectionRole.Builder.create(stack, "Inspection")
            .roleName("imdsv2-inspection").trustedAccount("111122223333").build());
        making.put("Imdsv2FleetRollout", () -> Imdsv2FleetRollout.Builder.create(stack, "Fleet").dryRun(false).approval(Approval.none())
            .groups(FleetGroups.inPlace()).waves(List.of(Wave.instances(5), Wave.remaining())).build());
        making.put("Imdsv2GuardHook", () -> Imdsv2GuardHook.Builder.create(stack, "Hook").failureMode(HookFailureMode.FAIL).build());
        making.put("Imdsv2ServiceControlPolicy", () -> Imdsv2ServiceControlPolicy.Builder.create(stack, "Control")
            .tokensAtLaunch(TokensAtLaunch.NOT_OPTIONAL).build());
        making.put("LaunchTemplateDefaultVersion", () -> LaunchTemplateDefaultVersion.Builder.create(stack, "DefaultVersion")
            .launchTemplate(new LaunchTemplate(stack, "Template")).build());
        making.put("NistImdsv2Checks", () -> new NistImdsv2Checks(stack));
        making.put("PciDssImdsv2Checks", () -> new PciDssImdsv2Checks(stack));
        making.put("RequireImdsv2", () -> RequireImdsv2.Builder.create()
            .launchConfigurations(LaunchConfigurationPolicy.MIGRATE).build());
        making.put("SecurityHubImdsv2Checks", () -> new SecurityHubImdsv2Checks(stack));
        if (!making.keySet().equals(Set.of(exported))) {
            throw new AssertionError("made " + making.keySet() + ", exported " + Set.of(exported));
        }
        for (var entry : making.entrySet()) {
            var type = Class.forName("io.github.cdkimdsv2." + entry.getKey());
            if (!type.isInstance(entry.getValue().get())) throw new AssertionError(entry.getKey());
        }
        System.out.println("java: made one of each of " + making.size() + " classes");
    }
}
