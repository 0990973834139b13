package dev.weir.proxy.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Check FIRST = new Check("one.first", "The first | holds", stage -> {});
    private static final Check SECOND = new Check("one.second", "The second holds", stage -> {});
    private static final Check THIRD = new Check("two.third", "The third holds", stage -> {});
    private static final List<CheckGroup> GROUPS =
            List.of(new CheckGroup("One", List.of(FIRST, SECOND)), new CheckGroup("Two", List.of(THIRD)));

    private static final Column PERFECT = new Column(
            "Weir", inOrder(new Outcome.Passed(), new Outcome.Passed(), new Outcome.Skipped("needs a superuser")));
    private static final Column HALF = new Column(
            "Other 1.0",
            inOrder(new Outcome.Passed(), new Outcome.Failed("got \"b\""), new Outcome.Failed("no answer")));

    private static Map<Check, Outcome> inOrder(Outcome first, Outcome second, Outcome third) {
        Map<Check, Outcome> outcomes = new LinkedHashMap<>();
        outcomes.put(FIRST, first);
        outcomes.put(SECOND, second);
        outcomes.put(THIRD, third);
        return outcomes;
    }

    private static final Report REPORT = new Report(GROUPS, List.of(PERFECT, HALF));

    @Test
    void countsWhatWasMadeAndRoundsDown() {
        assertThat(PERFECT.isPerfect()).isTrue();
        assertThat(PERFECT.score()).isEqualTo("2/2 100 %");
        assertThat(HALF.isPerfect()).isFalse();
        assertThat(HALF.score()).isEqualTo("1/3 33 %");
        assertThat(new Column("empty", Map.of()).score()).isEqualTo("0/0 0 %");
    }

    @Test
    void printsTheTableTheScoreAndTheReasons() {
        assertThat(REPORT.text()).isEqualTo("""
                          Weir       Other 1.0

            One
              one.first   ok         ok
              one.second  ok         FAIL

            Two
              two.third   -          FAIL

              passed      2/2 100 %  1/3 33 %

            Weir
              two.third: not checked, needs a superuser

            Other 1.0
              one.second: got "b"
              two.third: no answer
            """);
    }

    @Test
    void writesMarkdown() {
        assertThat(REPORT.markdown()).isEqualTo("""
            | check | claim | Weir | Other 1.0 |
            |---|---|---|---|
            | **One** | | | |
            | `one.first` | The first \\| holds | yes | yes |
            | `one.second` | The second holds | yes | **no** |
            | **Two** | | | |
            | `two.third` | The third holds | - | **no** |
            | **passed** | | **2/2 100 %** | **1/3 33 %** |

            What fails through Other 1.0:

            - `one.second`: got "b"
            - `two.third`: no answer
            """);
    }

    @Test
    void writesJson() {
        assertThat(new Report(List.of(GROUPS.getFirst()), List.of(HALF)).json()).isEqualTo("""
            {"columns":[{"label":"Other 1.0","passed":1,"made":3,"checks":[\
            {"id":"one.first","group":"One","claim":"The first | holds","outcome":"passed"},\
            {"id":"one.second","group":"One","claim":"The second holds","outcome":"failed","reason":"got \\"b\\""}]}]}
            """);
    }

    @Test
    void everyCheckHasANameOfItsOwnAndAClaim() {
        Set<String> ids = new HashSet<>();
        for (Check check : Conformance.checks()) {
            assertThat(ids.add(check.id())).as(check.id()).isTrue();
            assertThat(check.id()).matches("[a-z-]+\\.[a-z0-9-]+");
            assertThat(check.claim()).as(check.id()).isNotBlank().doesNotEndWith(".");
        }
        assertThat(ids).hasSizeGreaterThan(100);
    }
}
