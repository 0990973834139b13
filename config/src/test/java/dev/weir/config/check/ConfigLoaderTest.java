package dev.weir.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.AuthType;
import dev.weir.config.Compatibility;
import dev.weir.config.ConfigFormat;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.PoolMode;
import dev.weir.config.Secret;
import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.LogSettings;
import dev.weir.config.setting.PoolSettings;
import dev.weir.config.setting.TimeoutSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
    @TempDir
    Path directory;

    private Loaded load(String text) throws IOException {
        return load(text, Map.of());
    }

    private Loaded load(String text, Map<String, String> environment) throws IOException {
        write("users.txt", "\"app\" \"secret\"\n\"boss\" \"other\"\n");
        return ConfigLoader.load(write("weir.conf", text), environment);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static WeirConfig config(Loaded loaded) {
        assertThat(loaded.problems()).isEmpty();
        return Objects.requireNonNull(loaded.config());
    }

    private List<String> problems(String text) throws IOException {
        return load(text).problems().stream().map(this::shown).toList();
    }

    private String shown(Problem problem) {
        return problem.toString().replace(directory + "/", "");
    }

    @Test
    void readsPgBouncersFile() throws IOException {
        WeirConfig config = config(load("""
            ; comment
            [databases]
            app = host=10.0.0.1,10.0.0.2 port=5433 dbname=application pool_size=7 pool_mode=statement
            'my db' = password='it''s' user=boss
            * = host=/run/postgresql reserve_pool=3

            [pgbouncer]
            listen_addr = *
            listen_port = 6432
            auth_file = users.txt
            auth_type = SCRAM-sha-256
            admin_users = boss, app
            unix_socket_mode = 0700
            server_idle_timeout = 1.5
            pool_mode = transaction

            [users]
            app = pool_mode=session max_user_connections=4
            """));

        assertThat(config.format()).isEqualTo(ConfigFormat.INI);
        assertThat(config.get(GeneralSettings.COMPATIBILITY)).isEqualTo(Compatibility.PGBOUNCER);
        assertThat(config.get(AuthSettings.AUTH_TYPE)).isEqualTo(AuthType.SCRAM_SHA_256);
        assertThat(config.get(ConsoleSettings.ADMIN_USERS)).containsExactly("boss", "app");
        assertThat(config.get(GeneralSettings.UNIX_SOCKET_MODE)).isEqualTo(0700);
        assertThat(config.get(TimeoutSettings.SERVER_IDLE_TIMEOUT)).isEqualTo(Duration.ofMillis(1_500));

        DatabaseConfig app = Objects.requireNonNull(config.findDatabase("app"));
        assertThat(app.serverDatabase()).isEqualTo("application");
        assertThat(config.serverAddresses(app))
                .containsExactly(new ServerAddress.Tcp("10.0.0.1", 5433), new ServerAddress.Tcp("10.0.0.2", 5433));
        assertThat(config.poolSize(app, "boss")).isEqualTo(7);
        assertThat(config.poolMode(app, "boss")).isEqualTo(PoolMode.STATEMENT);
        assertThat(config.poolMode(app, "app")).isEqualTo(PoolMode.SESSION);
        assertThat(config.maxUserConnections("app")).isEqualTo(4);

        DatabaseConfig spaced = Objects.requireNonNull(config.findDatabase("my db"));
        assertThat(spaced.password()).isEqualTo(new Secret("it's"));
        assertThat(spaced.forcedUser()).isEqualTo("boss");
        assertThat(config.serverAddresses(spaced)).containsExactly(new ServerAddress.Unix("/tmp", 5432));

        DatabaseConfig other = Objects.requireNonNull(config.findDatabase("other"));
        assertThat(other.automatic()).isTrue();
        assertThat(other.serverDatabase()).isEqualTo("other");
        assertThat(config.reservePoolSize(other, "x")).isEqualTo(3);
        assertThat(config.poolMode(other, "x")).isEqualTo(PoolMode.TRANSACTION);
        assertThat(config.findSecret("app")).isEqualTo(new Secret("secret"));
        assertThat(config.findSecret("nobody")).isNull();
    }

    @Test
    void readsTomlWithUnitsAndVariables() throws IOException {
        WeirConfig config = config(load("""
            [weir]
            listen_addr = ["127.0.0.1", "::1"]
            auth_file = "users.txt"
            query_timeout = "1h30m"
            reserve_pool_timeout = 2.5
            server_round_robin = true

            [databases.app]
            host = ["a", "b"]
            user = "boss"
            password = "${DB_PASSWORD}"

            [databases."*"]
            host = "${DB_HOST:-localhost}"

            [users.app]
            query_timeout = 0
            password = "md50123456789abcdef0123456789abcdef"
            """, Map.of("DB_PASSWORD", "p$1\\")));

        assertThat(config.format()).isEqualTo(ConfigFormat.TOML);
        assertThat(config.get(GeneralSettings.COMPATIBILITY)).isEqualTo(Compatibility.WEIR);
        assertThat(config.get(GeneralSettings.LISTEN_ADDR)).containsExactly("127.0.0.1", "::1");
        assertThat(config.queryTimeout("boss")).isEqualTo(Duration.ofMinutes(90));
        assertThat(config.queryTimeout("app")).isEqualTo(Duration.ZERO);
        assertThat(config.get(PoolSettings.RESERVE_POOL_TIMEOUT)).isEqualTo(Duration.ofMillis(2_500));
        assertThat(config.get(PoolSettings.SERVER_ROUND_ROBIN)).isTrue();
        assertThat(Objects.requireNonNull(config.findDatabase("app")).password())
                .isEqualTo(new Secret("p$1\\"));
        assertThat(Objects.requireNonNull(config.findDatabase("x")).hosts()).containsExactly("localhost");
    }

    @Test
    void tellsAllProblemsOfAnIniFileAtOnce() throws IOException {
        assertThat(problems("""
            [databases]
            app = host=x pool_sice=3
            pgbouncer = host=x
            bad = host
            [pgbouncer]
            auth_file = users.txt
            pool_mode = tranzaction
            max_client_con = 3
            max_client_conn = many
            client_tls_sslmode = require
            auth_type = kerberos
            dbname = x
            no equals sign
            [nonsense]
            a = b
            """))
                .containsExactly(
                        "weir.conf:2: error: databases.app.pool_sice: unknown setting; did you mean pool_size?",
                        "weir.conf:3: error: databases.pgbouncer: the name is reserved for the admin console",
                        "weir.conf:4: error: bad: a connect string of key=value pairs is expected",
                        "weir.conf:7: error: pool_mode = \"tranzaction\": not known; expected one of session, "
                                + "transaction, statement; did you mean transaction?",
                        "weir.conf:8: error: max_client_con: unknown setting; did you mean max_client_conn?",
                        "weir.conf:9: error: max_client_conn = \"many\": not an integer; expected an integer from 0 "
                                + "to 1000000",
                        "weir.conf:10: error: client_tls_sslmode: require needs client_tls_key_file",
                        "weir.conf:10: error: client_tls_sslmode: require needs client_tls_cert_file",
                        "weir.conf:11: error: auth_type = \"kerberos\": not known; expected one of trust, any, plain, "
                                + "md5, scram-sha-256, cert, hba, pam, ldap",
                        "weir.conf:12: error: dbname: cannot be given here, only in [databases]",
                        "weir.conf:13: error: syntax error: expected key = value",
                        "weir.conf:14: error: unknown section: nonsense");
    }

    @Test
    void tellsAllProblemsOfATomlFileAtOnce() throws IOException {
        assertThat(problems("""
            listen = "127.0.0.1"
            [weir]
            auth_file = "users.txt"
            tcp_user_timeout = 30000
            query_timeout = "30"
            server_round_robin = 1
            max_packet_size = "8 GiB"
            [databases]
            app = "host=x"
            [databases.other]
            host = [1, 2]
            password = 7
            [peers.1]
            host = "x"
            [peers.one]
            host = "x"
            [peers.2]
            port = 6500
            """))
                .containsExactly(
                        "weir.conf:1: error: listen stands outside of a table; settings belong below [weir]",
                        "weir.conf:4: error: tcp_user_timeout = 30000: the unit is missing; expected a duration of 0s "
                                + "to 24d20h31m23s647ms: milliseconds in an ini file, in TOML a text such as "
                                + "\"30s\" or \"1h30m\"",
                        "weir.conf:5: error: query_timeout = \"30\": the unit is missing; expected a duration of 0s "
                                + "or more: seconds, or in TOML a text such as \"30s\" or \"1h30m\"",
                        "weir.conf:6: error: server_round_robin = 1: not a boolean; expected true or false (1 or 0 in "
                                + "an ini file)",
                        "weir.conf:7: error: max_packet_size = \"8 GiB\": out of range; expected a size from 1024 to "
                                + "2147483647 bytes: a number, or in TOML a text such as \"64 KiB\"",
                        "weir.conf:9: error: databases.app is to be a table, written [databases.\"app\"]",
                        "weir.conf:11: error: databases.other.host = [1, 2]: not a list of texts; expected hosts "
                                + "separated by commas, or in TOML an array of texts",
                        "weir.conf:12: error: databases.other.password: not a text; expected a text of up to 65000 "
                                + "bytes, without a NUL",
                        "weir.conf:15: error: peers.one: a peer's name is its number, 1 to 65535",
                        "weir.conf:17: error: peers.2: host is needed: a name, an address or a directory");
    }

    @Test
    void findsWhatDoesNotFitTogether() throws IOException {
        assertThat(problems("""
            [weir]
            listen_addr = "*"
            unix_socket_dir = ""
            auth_file = "users.txt"
            admin_users = ["boss", "ghost"]
            console_listen_port = 6432
            min_pool_size = 30
            max_db_connections = 10
            [databases.app]
            password = "x"
            """))
                .containsExactly(
                        "weir.conf: warning: default_pool_size: min_pool_size 30 is larger than the pool size of 20",
                        "weir.conf: warning: default_pool_size: the pool size of 20 is larger than max_db_connections "
                                + "10",
                        "weir.conf:5: warning: admin_users: the user ghost has no secret and cannot log in",
                        "weir.conf:6: error: console_listen_port: 6432 is the same port as listen_port on the same "
                                + "address",
                        "weir.conf:9: warning: databases.app: password without user has no effect: clients log in as "
                                + "themselves");
    }

    @Test
    void theConsoleMakesRoomWhereItsPortIsOnlyADefault() throws IOException {
        Loaded loaded = load("""
            [pgbouncer]
            auth_file = users.txt
            listen_addr = *
            listen_port = 6433
            [databases]
            app =
            """);
        assertThat(loaded.problems()).hasSize(1).noneMatch(Problem::isError);
        WeirConfig config = Objects.requireNonNull(loaded.config());
        assertThat(config.get(ConsoleSettings.CONSOLE_LISTEN_PORT)).isZero();
        assertThat(config.get(ConsoleSettings.METRICS_LISTEN_PORT)).isEqualTo(9127);
    }

    @ParameterizedTest
    @CsvSource({
        "auth_type = trust, , 0",
        "auth_type = any, , 0",
        "auth_type = trust, listen_addr = 127.0.0.1, 6433",
        "auth_type = trust, console_listen_addr = 127.0.0.1, 6433",
        "auth_type = trust, console_listen_port = 7000, 7000",
        "auth_type = scram-sha-256, , 6433"
    })
    void theConsoleOpensNoDoorBesideASocketThatOnlySomeMayUse(String type, String more, int port) throws IOException {
        Loaded loaded = load("[pgbouncer]\nauth_file = users.txt\n" + type + "\n" + (more == null ? "" : more)
                + "\n[databases]\napp = user=app\n");
        assertThat(loaded.problems()).hasSize(port == 0 ? 1 : 0).noneMatch(Problem::isError);
        assertThat(Objects.requireNonNull(loaded.config()).get(ConsoleSettings.CONSOLE_LISTEN_PORT))
                .isEqualTo(port);
    }

    @Test
    void findsListenersInEachOthersWay() throws IOException {
        String head = "[weir]\nauth_file = \"users.txt\"\n";
        String tail = "[databases.app]\n";
        assertThat(problems(head + "console_listen_port = 9127\n" + tail))
                .containsExactly("weir.conf:3: error: metrics_listen_port: 9127 is the same port as "
                        + "console_listen_port on the same address");
        assertThat(problems(head + "listen_addr = \"localhost\"\nmetrics_listen_port = 6432\n" + tail))
                .containsExactly("weir.conf:4: error: metrics_listen_port: 6432 is the same port as listen_port on "
                        + "the same address");
        assertThat(problems(head + "listen_addr = \"10.0.0.1\"\nmetrics_listen_port = 6432\n" + tail))
                .isEmpty();
        assertThat(problems(head + "console_unix_socket_dir = \"/tmp\"\nlisten_port = 6433\n" + tail))
                .containsExactly("weir.conf:3: error: console_unix_socket_dir: the same socket as that for clients, "
                        + "/tmp/.s.PGSQL.6433");
        assertThat(problems(head + "unix_socket_dir = \"/" + "x".repeat(100) + "\"\n" + tail))
                .containsExactly("weir.conf:3: error: unix_socket_dir: the path of the socket would have more than "
                        + "107 bytes");
        assertThat(problems(head + tail + "host = \"/" + "x".repeat(100) + "\"\n"))
                .containsExactly("weir.conf:3: error: databases.app.host: the path of the socket would have more "
                        + "than 107 bytes");
    }

    @Test
    void givesAHandWithCommonMistakes() throws IOException {
        assertThat(problems("[databases]\napp =\n[pgbouncer]\nauth_file = users.txt\nverbose = 1 ; more\n"))
                .containsExactly("weir.conf:5: error: verbose = \"1 ; more\": not an integer, and a comment behind a "
                        + "value is part of it; expected an integer from 0 to 1000000");
        assertThat(problems("[weir]\n[databases.*]\nhost = \"x\"\n"))
                .containsExactly("weir.conf:2: error: syntax error: names with other characters than letters, "
                        + "digits, _ and - stand in double quotes");
    }

    @Test
    void aReserveThatIsNeverUsedIsWorthAWarning() throws IOException {
        assertThat(problems("""
            [weir]
            auth_file = "users.txt"
            reserve_pool_timeout = 0
            [databases.app]
            reserve_pool_size = 3
            """))
                .containsExactly("weir.conf:4: warning: databases.app: reserve_pool_size 3 is never used: "
                        + "reserve_pool_timeout is 0");
    }

    @Test
    void refusesAConfigurationThatNobodyCouldReach() throws IOException {
        assertThat(problems("[weir]\nunix_socket_dir = \"\"\n[databases.app]\n"))
                .contains("weir.conf: error: listen_addr: empty, and so is unix_socket_dir: nobody could connect");
    }

    @Test
    void namesUnsetVariablesAndNeverTheirValues() throws IOException {
        Loaded loaded = load("""
            [weir]
            auth_file = "users.txt"
            [databases.app]
            user = "boss"
            password = "hush ${NOT_SET}"
            [databases.b]
            host = "${unfinished"
            """);
        assertThat(loaded.config()).isNull();
        assertThat(loaded.problems()).hasSize(2);
        assertThat(loaded.problems().getFirst().description())
                .isEqualTo("databases.app.password: the environment variable NOT_SET is not set; expected a text of "
                        + "up to 65000 bytes, without a NUL");
        assertThat(loaded.problems().toString()).doesNotContain("hush");
    }

    @Test
    void variablesInAnIniFileAreForPasswordsOnly() throws IOException {
        WeirConfig config = config(load("""
            [databases]
            app = user=boss password=${P:-none} application_name=${P}
            [pgbouncer]
            auth_file = users.txt
            """, Map.of("P", "pass")));
        DatabaseConfig app = Objects.requireNonNull(config.findDatabase("app"));
        assertThat(app.password()).isEqualTo(new Secret("pass"));
        assertThat(app.values().get(DatabaseSettings.APPLICATION_NAME)).isEqualTo("${P}");
    }

    @Test
    void takesAPasswordFromAFile() throws IOException {
        write("password", "from the file\nnot this\n");
        WeirConfig config = config(load("""
            [weir]
            auth_file = "users.txt"
            [databases.app]
            user = "boss"
            password_file = "password"
            """));
        assertThat(Objects.requireNonNull(config.findDatabase("app")).password())
                .isEqualTo(new Secret("from the file"));
        assertThat(problems("""
            [weir]
            auth_file = "users.txt"
            [databases.app]
            user = "boss"
            password_file = "nowhere"
            [users.x]
            password = "a"
            password_file = "password"
            """))
                .containsExactly(
                        "weir.conf:5: error: databases.app.password_file: nowhere: no such file",
                        "weir.conf:8: error: users.x.password_file: password is given as well; only one of the two "
                                + "can count");
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        assertThat(ConfigLoader.load(directory.resolve("none"), Map.of())
                        .problems()
                        .toString())
                .contains("none: error: no such file");
        assertThat(ConfigLoader.load(directory, Map.of()).problems().toString()).contains("is a directory, not a file");
        Path latin =
                Files.write(directory.resolve("latin"), "[weir]\n# caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(ConfigLoader.load(latin, Map.of()).problems().toString())
                .contains("latin:2: error: not valid UTF-8");
        Path huge = directory.resolve("huge");
        Files.write(huge, new byte[(4 << 20) + 1]);
        assertThat(ConfigLoader.load(huge, Map.of()).problems().toString()).contains("larger than 4194304 bytes");
    }

    @Test
    void readsIncludesAndStopsAtLoops() throws IOException {
        write("databases.ini", "[databases]\napp = host=x\n");
        WeirConfig config = config(load("[pgbouncer]\nauth_file = users.txt\n%include databases.ini\n"));
        assertThat(config.databases()).containsOnlyKeys("app");

        List<String> loop = problems("[pgbouncer]\nauth_file = users.txt\n%include weir.conf\n%include nowhere.ini\n");
        assertThat(loop)
                .contains(
                        "weir.conf:3: error: included file weir.conf: includes itself",
                        "weir.conf:4: error: included file nowhere.ini: no such file");
    }

    @Test
    void aLaterValueCountsAndTheEarlierOneIsReported() throws IOException {
        Loaded loaded = load("""
            [pgbouncer]
            auth_file = users.txt
            verbose = 1
            verbose = 2
            [databases]
            app = host=a
            app = host=b reserve_pool=1 reserve_pool_size=2
            """);
        WeirConfig config = Objects.requireNonNull(loaded.config());
        assertThat(config.get(LogSettings.VERBOSE)).isEqualTo(2);
        DatabaseConfig app = Objects.requireNonNull(config.findDatabase("app"));
        assertThat(app.hosts()).containsExactly("b");
        assertThat(config.reservePoolSize(app, null)).isEqualTo(2);
        assertThat(loaded.problems()).hasSize(3).noneMatch(Problem::isError);
    }

    @Test
    void brokenAuthFileIsAnErrorWithItsLine() throws IOException {
        write("broken.txt", "\"ok\" \"x\"\n; comment\n\nuser secret\n");
        assertThat(problems("[weir]\nauth_file = \"broken.txt\"\n[databases.app]\n"))
                .containsExactly("broken.txt:4: error: broken auth file: expected \"user\" \"secret\", both in double "
                        + "quotes");
        assertThat(problems("[weir]\nauth_file = \"nowhere.txt\"\n[databases.app]\n"))
                .contains("weir.conf:2: error: auth_file: nowhere.txt: no such file");
    }

    @Test
    void whereManyUsersAreReadableAnIniFileGoesOnAsPgBouncerDoes() throws IOException {
        write("broken.txt", "\"ok\" \"x\"\nuser secret\n\"late\" \"y\"\n");
        Loaded broken = load("[pgbouncer]\nauth_file = broken.txt\n[databases]\napp =\n");
        assertThat(broken.problems().stream().map(this::shown))
                .containsExactly(
                        "broken.txt:2: warning: broken auth file: expected \"user\" \"secret\", both in double "
                                + "quotes");
        WeirConfig config = Objects.requireNonNull(broken.config());
        assertThat(config.userList().secrets()).containsOnlyKeys("ok", "late");

        String missing = "[pgbouncer]\nauth_file = nowhere.txt\n[databases]\napp =\n";
        Loaded atStart = load(missing);
        assertThat(atStart.problems().stream().map(this::shown))
                .contains("weir.conf:2: warning: auth_file: nowhere.txt: no such file");
        assertThat(Objects.requireNonNull(atStart.config()).userList().secrets())
                .isEmpty();
        Loaded atReload = ConfigLoader.load(atStart.config().file(), Map.of(), config.userList());
        assertThat(Objects.requireNonNull(atReload.config()).userList()).isEqualTo(config.userList());
    }
}
