package dev.weir.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class SettingsBatchTest {

    private static final SessionSettings SOME = SessionSettings.of(Map.of("timezone", "UTC", "work_mem", "1MB"));

    @Test
    void nothingIsSentWhereNothingDiffers() {
        assertThat(SettingsBatch.between(SOME, SessionSettings.of(Map.of("work_mem", "1MB", "timezone", "UTC"))))
                .isNull();
        assertThat(SettingsBatch.between(SessionSettings.NONE, SessionSettings.NONE))
                .isNull();
    }

    @Test
    void onlyWhatDiffersIsSent() {
        assertThat(SettingsBatch.between(SOME, SOME.with("work_mem", "2MB")))
                .isEqualTo("SELECT pg_catalog.set_config('work_mem','2MB',false)");
        assertThat(SettingsBatch.between(SessionSettings.NONE, SOME))
                .isEqualTo("SELECT pg_catalog.set_config('timezone','UTC',false),"
                        + "pg_catalog.set_config('work_mem','1MB',false)");
    }

    @Test
    void whatTheNextClientDoesNotHaveIsReset() {
        assertThat(SettingsBatch.between(SOME, SessionSettings.NONE))
                .isEqualTo("RESET \"timezone\";RESET \"work_mem\";");
        assertThat(SettingsBatch.between(SOME, SessionSettings.NONE.with("work_mem", "2MB")))
                .isEqualTo("RESET \"timezone\";SELECT pg_catalog.set_config('work_mem','2MB',false)");
    }

    @Test
    void aServerOfUnknownSettingsIsResetAsAWhole() {
        assertThat(SettingsBatch.between(null, SessionSettings.NONE))
                .isEqualTo("RESET SESSION AUTHORIZATION;RESET ROLE;RESET ALL;");
        assertThat(SettingsBatch.between(null, SessionSettings.NONE.with("work_mem", "1MB")))
                .isEqualTo("RESET SESSION AUTHORIZATION;RESET ROLE;RESET ALL;SELECT"
                        + " pg_catalog.set_config('work_mem','1MB',false)");
    }

    @Test
    void namesAndValuesCannotBreakOut() {
        assertThat(SettingsBatch.literal("a'b")).isEqualTo("'a''b'");
        assertThat(SettingsBatch.literal("\\'; drop table t; --")).isEqualTo(" E'\\\\''; drop table t; --'");
        assertThat(SettingsBatch.identifier("a\".b;c")).isEqualTo("\"a\"\"\".\"b;c\"");
    }

    @Test
    void whatIsNotAwaitedEndsTheSessionIfItIsRefused() {
        assertThat(SettingsBatch.betweenOrEnd(SOME, SOME)).isNull();
        assertThat(SettingsBatch.betweenOrEnd(SessionSettings.NONE, SessionSettings.NONE.with("work_mem", "1MB")))
                .isEqualTo("SET LOCAL exit_on_error = on;SELECT pg_catalog.set_config('work_mem','1MB',false)");
        assertThat(SettingsBatch.betweenOrEnd(null, SessionSettings.NONE.with("work_mem", "1MB")))
                .isEqualTo("RESET SESSION AUTHORIZATION;RESET ROLE;RESET ALL;SET LOCAL exit_on_error = on;SELECT"
                        + " pg_catalog.set_config('work_mem','1MB',false)");
    }
}
