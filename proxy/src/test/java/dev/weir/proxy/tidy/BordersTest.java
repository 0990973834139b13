package dev.weir.proxy.tidy;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may use whom: modules, packages of the proxy, and Netty's parts.
final class BordersTest {

    /// The proxy's packages from the bottom up. A package uses those of lower layers and of its own, never of higher.
    private static final List<List<String>> LAYERS = List.of(
            List.of("wire", "sql"),
            List.of("time", "stats", "log"),
            List.of("net", "tls", "auth", "relay", "statement", "state"),
            List.of("insight", "trace"),
            List.of("server"),
            List.of("pool", "cancel", "route"),
            List.of("notify", "authquery"),
            List.of("client"),
            List.of("admin"),
            List.of("app"),
            List.of("demo"),
            List.of("conformance", "loadtest", "bench", "doctor"),
            List.of("cli"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.weir");

    @Test
    void configurationKnowsNeitherNettyNorTheOtherModules() {
        noClasses()
                .that()
                .resideInAPackage("dev.weir.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "dev.weir.console..", "dev.weir.proxy..", "ch.qos.logback..")
                .check(CLASSES);
    }

    @Test
    void consoleKnowsNeitherNettyNorTheProxy() {
        noClasses()
                .that()
                .resideInAPackage("dev.weir.console..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "dev.weir.proxy..", "ch.qos.logback..")
                .check(CLASSES);
    }

    @Test
    void lowerLayersOfTheProxyDoNotKnowHigherOnes() {
        List<String> higher = new ArrayList<>();
        for (int i = LAYERS.size() - 1; i >= 0; i--) {
            String[] layer = packages(LAYERS.get(i));
            if (!higher.isEmpty()) {
                noClasses()
                        .that()
                        .resideInAnyPackage(layer)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(higher.toArray(String[]::new))
                        .allowEmptyShould(true)
                        .check(CLASSES);
            }
            higher.addAll(List.of(layer));
        }
    }

    @Test
    void everyPackageOfTheProxyHasItsLayer() {
        String root = "dev.weir.proxy";
        Set<String> known = LAYERS.stream().flatMap(List::stream).collect(Collectors.toSet());
        assertThat(CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> name.startsWith(root + "."))
                        .map(name -> name.substring(root.length() + 1).split("\\.", 2)[0])
                        .filter(name -> !known.contains(name))
                        .distinct())
                .as("packages of %s that have no place in the list of layers", root)
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.netty.channel.epoll..", "io.netty.channel.uring..", "io.netty.channel.kqueue.."})
    void onlyTheNetPackageKnowsTransports(String transport) {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.weir.proxy.net..", "dev.weir.proxy.tls..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(transport)
                .check(CLASSES);
    }

    @Test
    void wireUsesNothingOfNettyButBuffers() {
        noClasses()
                .that()
                .resideInAPackage("dev.weir.proxy.wire..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.netty..")
                        .and(resideInAnyPackage("io.netty.buffer..").negate()))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void sqlUsesNothingOfNettyButBuffersAndNothingElseOfWeir() {
        noClasses()
                .that()
                .resideInAPackage("dev.weir.proxy.sql..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.netty..", "dev.weir..")
                        .and(resideInAnyPackage("io.netty.buffer..", "dev.weir.proxy.sql..")
                                .negate()))
                .check(CLASSES);
    }

    private static String[] packages(List<String> names) {
        return names.stream().map(name -> "dev.weir.proxy." + name + "..").toArray(String[]::new);
    }
}
