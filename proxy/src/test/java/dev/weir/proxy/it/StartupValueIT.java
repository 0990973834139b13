package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the startup packet has set comes back by whatever way a setting is given up, as in a session of one's own.
@ExtendWith(LeakGuard.class)
final class StartupValueIT {
    @SuppressWarnings("NullAway.Init")
    private static WeirFixture weir;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .start();
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        work_mem=3333kB       | work_mem | RESET work_mem
        work_mem=3333kB       | work_mem | SET work_mem = '5MB' / SET work_mem TO DEFAULT
        work_mem=3333kB       | work_mem | BEGIN / RESET work_mem / SET LOCAL work_mem = '5MB' / COMMIT
        work_mem=3333kB       | work_mem | BEGIN; RESET ALL; SET LOCAL work_mem = '5MB'; COMMIT
        work_mem=3333kB       | work_mem | BEGIN / RESET work_mem / SELECT set_config('work_mem', '5MB', true) / COMMIT
        work_mem=3333kB       | work_mem | BEGIN / RESET work_mem / SET LOCAL work_mem = '5MB' / ROLLBACK
        work_mem=3333kB       | work_mem | BEGIN / SET work_mem = '4MB' / SET LOCAL work_mem = '5MB' / COMMIT
        work_mem=3333kB       | work_mem | BEGIN / RESET work_mem / SET work_mem = '4MB' / COMMIT
        TimeZone=Asia/Tokyo   | TimeZone | RESET TIME ZONE
        TimeZone=Asia/Tokyo   | TimeZone | SET TIME ZONE 'Asia/Seoul' / SET TIME ZONE DEFAULT
        TimeZone=Asia/Tokyo   | TimeZone | SET TIME ZONE 'Asia/Seoul' / SET SESSION TIME ZONE LOCAL
        TimeZone=Asia/Tokyo   | TimeZone | SET timezone TO 'Asia/Seoul' / SET timezone =default
        TimeZone=Asia/Tokyo   | TimeZone | BEGIN / SET TIME ZONE DEFAULT / COMMIT
        TimeZone=Asia/Tokyo   | TimeZone | SET TIME ZONE 'Asia/Seoul' / BEGIN / SET TIME ZONE DEFAULT / ROLLBACK
        TimeZone=Asia/Tokyo   | TimeZone | BEGIN / RESET TIME ZONE / SET LOCAL TIME ZONE 'Asia/Seoul' / COMMIT
        TimeZone=Asia/Tokyo   | TimeZone | BEGIN / RESET TIME ZONE / SET LOCAL TIME ZONE 'Asia/Seoul' / ROLLBACK
        TimeZone=Asia/Tokyo   | TimeZone | BEGIN / SET LOCAL TIME ZONE 'Asia/Seoul' / COMMIT
        DateStyle=German      | DateStyle | SET DateStyle TO ISO / SET DateStyle TO DEFAULT
        client_encoding=latin1 | client_encoding | SET NAMES 'utf8' / SET NAMES
        client_encoding=latin1 | client_encoding | SET NAMES 'utf8' / SET NAMES DEFAULT
        """)
    void comesBack(String startup, String name, String texts) {
        Login login = Accounts.APP.with("options", "-c " + startup);
        try (RawClient client = weir.connect(login);
                RawClient direct = RawClient.connect(TestPostgres.shared().tcp(), login)) {
            for (String text : texts.split(" / ")) {
                client.run(text.strip());
                direct.run(text.strip());
            }
            try (RawClient other = weir.connect(Accounts.APP)) {
                other.run("SELECT 1"); // on the only server
            }
            assertThat(client.value("SHOW " + name)).isEqualTo(direct.value("SHOW " + name));
        }
    }
}
