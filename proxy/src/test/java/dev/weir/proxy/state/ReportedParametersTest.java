package dev.weir.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReportedParametersTest {

    private final ReportedParameters reported = ReportedParameters.NONE
            .with("DateStyle", "ISO, MDY")
            .with("TimeZone", "UTC")
            .with("server_version", "18.0");

    @Test
    void keepsTheSpellingAndTheOrderOfTheServer() {
        ReportedParameters changed = reported.with("timezone", "CET");

        assertThat(list(changed)).containsExactly("DateStyle=ISO, MDY", "TimeZone=CET", "server_version=18.0");
        assertThat(list(reported)).as("immutable").contains("TimeZone=UTC");
        assertThat(changed.find("TIMEZONE")).isEqualTo("CET");
        assertThat(changed.find("IntervalStyle")).isNull();
        assertThat(reported.with("TimeZone", "UTC")).isSameAs(reported);
    }

    @Test
    void takesTheValuesOfAClientForWhatItReportsAndNothingElse() {
        SessionSettings client = SessionSettings.NONE.with("timezone", "CET").with("work_mem", "1MB");

        assertThat(list(reported.with(client)))
                .containsExactly("DateStyle=ISO, MDY", "TimeZone=CET", "server_version=18.0");
    }

    @Test
    void findsWhatAClientWasToldDifferently() {
        List<String> unlike = new ArrayList<>();
        ReportedParameters otherOrder =
                ReportedParameters.NONE.with("TimeZone", "CET").with("DateStyle", "ISO, MDY");

        reported.forEachUnlike(otherOrder, (name, value) -> unlike.add(name + "=" + value));
        assertThat(unlike).containsExactly("TimeZone=UTC", "server_version=18.0");

        unlike.clear();
        reported.forEachUnlike(reported.with("TimeZone", "UTC"), (name, value) -> unlike.add(name));
        assertThat(unlike).isEmpty();
    }

    @Test
    void factsAboutTheServerDoNotFollowTheClient() {
        assertThat(ReportedParameters.followsClient("server_version")).isFalse();
        assertThat(ReportedParameters.followsClient("is_superuser")).isFalse();
        assertThat(ReportedParameters.followsClient("timezone")).isTrue();
        assertThat(ReportedParameters.followsClient("application_name")).isTrue();
    }

    private static List<String> list(ReportedParameters parameters) {
        List<String> list = new ArrayList<>();
        parameters.forEach((name, value) -> list.add(name + "=" + value));
        return list;
    }
}
