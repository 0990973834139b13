package dev.weir.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.console.alert.AlertBoard;
import dev.weir.console.alert.Watch;
import dev.weir.console.command.Command;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.table.Column;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsoleTest {

    private static final ConsoleUser ADMIN = new ConsoleUser("root", true);
    private static final ConsoleUser STATS = new ConsoleUser("stat", false);

    private final InMemoryPooler pooler = new InMemoryPooler();
    private final AtomicLong nanos = new AtomicLong();
    private final Console console = new Console(
            pooler, pooler, new AlertBoard(), new Watch(pooler, TestConfig::empty, 6432).advisor(), nanos::get);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PAUSE | pause null | PAUSE",
                "pause shop; | pause shop | PAUSE",
                "Resume | resume null | RESUME",
                "RESUME \"my shop\" | resume my shop | RESUME",
                "SUSPEND | suspend | SUSPEND",
                "RECONNECT my-shop | reconnect my-shop | RECONNECT",
                "RELOAD | reload | RELOAD",
                "DISABLE shop | disable shop | DISABLE",
                "ENABLE shop | enable shop | ENABLE",
                "KILL | kill null | KILL",
                "KILL shop | kill shop | KILL",
                "KILL_CLIENT 17 | kill client 17 | KILL_CLIENT",
                "KILL_CLIENT 0x000000000011 | kill client 17 | KILL_CLIENT",
                "WAIT_CLOSE shop | wait close shop | WAIT_CLOSE",
                "reset queries; | reset queries | RESET",
                "SHUTDOWN | shutdown IMMEDIATE | SHUTDOWN",
                "SHUTDOWN wait_for_servers | shutdown WAIT_FOR_SERVERS | SHUTDOWN",
                "shutdown WAIT_FOR_CLIENTS | shutdown WAIT_FOR_CLIENTS | SHUTDOWN",
                "SHUTDOWN handed_over      | shutdown HANDED_OVER      | SHUTDOWN",
                "SET pool_mode = 'transaction' | set pool_mode=transaction | SET pool_mode=transaction",
                "SET POOL_MODE TO transaction; | set pool_mode=transaction | SET pool_mode=transaction"
            })
    void carriesOutActions(String query, String order, String tag) {
        ConsoleReply reply = ask(query, ADMIN);

        assertThat(pooler.orders).containsExactly(order);
        assertThat(reply)
                .isInstanceOfSatisfying(
                        ConsoleReply.Completed.class,
                        done -> assertThat(done.tag()).isEqualTo(tag));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PAUSE",
                "RESUME",
                "SUSPEND",
                "RECONNECT",
                "RELOAD",
                "DISABLE a",
                "ENABLE a",
                "KILL",
                "KILL_CLIENT 1",
                "RESET QUERIES",
                "WAIT_CLOSE",
                "SHUTDOWN",
                "SET pool_mode = statement",
                "SHOW FDS"
            })
    void refusesActionsToThoseWhoMayOnlyLook(String query) {
        assertRefused(ask(query, STATS), "08P01", "admin access needed");
        assertThat(pooler.orders).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PAUSE pgbouncer,cannot pause admin db: pgbouncer",
        "DISABLE pgbouncer,cannot disable admin db: pgbouncer",
        "DISABLE,a database is required",
        "ENABLE,a database is required",
        "KILL_CLIENT bob,invalid client pointer supplied",
        "KILL_CLIENT 99999999999999999999,invalid client pointer supplied",
        "SET pool_mod = x,SET failed"
    })
    void refusesWhatCannotBeDone(String query, String message) {
        assertRefused(ask(query, ADMIN), "08P01", message);
        assertThat(pooler.orders).isEmpty();
    }

    @Test
    void suggestsTheSettingThatWasMeant() {
        assertThat(ask("SET pool_mod = x", ADMIN))
                .isInstanceOfSatisfying(
                        ConsoleReply.Refused.class,
                        refused -> assertThat(refused.hint()).contains("\"pool_mode\""));
    }

    @Test
    void saysThatASettingNeedsARestart() {
        assertThat(ask("SET listen_port = 1", ADMIN)).isInstanceOfSatisfying(ConsoleReply.Completed.class, done -> {
            assertThat(done.tag()).isEqualTo("SET listen_port=1");
            assertThat(done.notices())
                    .singleElement()
                    .satisfies(notice -> assertThat(notice.message()).contains("restart"));
        });
        assertThat(pooler.orders).isEmpty();
    }

    @Test
    void tellsWhatAReloadChanged() {
        assertThat(ask("RELOAD", ADMIN))
                .isEqualTo(new ConsoleReply.Completed("RELOAD", List.of(new Notice("pool_mode changed", null))));
    }

    @Test
    void passesOnTheRefusalOfThePooler() {
        pooler.failure = new CommandRefused("F0000", "RELOAD failed, see logs for additional details", "line 3", "h");

        assertThat(ask("RELOAD", ADMIN))
                .isEqualTo(new ConsoleReply.Refused(
                        "F0000", "RELOAD failed, see logs for additional details", "line 3", "h"));
    }

    @Test
    void answersInternalErrorWhenThePoolerFails() {
        pooler.failure = new IllegalStateException("bug");

        assertRefused(ask("KILL", ADMIN), "XX000", "internal error, see log for details");
    }

    @ParameterizedTest
    @CsvSource({"PAUSE,pause null", "SUSPEND,suspend", "WAIT_CLOSE shop,wait close shop"})
    void takesBackWhatWaitsWhenItIsCancelled(String query, String order) {
        pooler.pending = new CompletableFuture<>();
        Execution execution = console.execute(command(query), ADMIN);
        assertThat(execution.reply().toCompletableFuture()).isNotDone();

        execution.cancel();

        assertThat(pooler.orders).containsExactly(order, "undo " + order);
        assertRefused(
                execution.reply().toCompletableFuture().join(), "57014", "canceling statement due to user request");
    }

    @Test
    void doesNotUndoAPauseThatIsDone() {
        Execution execution = console.execute(command("PAUSE"), ADMIN);

        execution.cancel();

        assertThat(pooler.orders).containsExactly("pause null");
    }

    @Test
    void helpIsANotice() {
        assertThat(ask("SHOW HELP", STATS)).isInstanceOfSatisfying(ConsoleReply.Completed.class, done -> {
            assertThat(done.tag()).isEqualTo("SHOW");
            assertThat(done.notices()).singleElement().satisfies(notice -> {
                assertThat(notice.message()).isEqualTo("Console usage");
                assertThat(notice.detail()).contains("POOLS", "KILL_CLIENT id");
            });
        });
    }

    @Test
    void showsASingleSetting() {
        assertThat(ask("SHOW pool_mode", STATS))
                .isInstanceOfSatisfying(
                        ConsoleReply.Rows.class,
                        rows -> assertThat(rows.table().rows()).containsExactly(List.of("session")));
        assertThat(ask("SHOW pool_mdoe", STATS)).isInstanceOfSatisfying(ConsoleReply.Refused.class, refused -> {
            assertThat(refused.message()).startsWith("invalid command 'SHOW pool_mdoe'");
            assertThat(refused.hint()).contains("SHOW pool_mode");
        });
    }

    @Test
    void ignoresWhatDriversSet() {
        assertThat(ask("SET extra_float_digits = 3", STATS))
                .isEqualTo(new ConsoleReply.Completed("SET", List.of(new Notice("SET ignored", null))));
        assertThat(ask("DISCARD ALL", STATS)).isEqualTo(new ConsoleReply.Completed("DISCARD ALL", List.of()));
    }

    @Test
    void describesWithoutRunning() {
        assertThat(console.describe("SHOW STATE").columns())
                .extracting(Column::name)
                .containsExactly("key", "value");
        assertThat(console.describe("PAUSE $1")).isEqualTo(new Description(1, null, false));
        assertThat(console.describe(" -- nothing")).isEqualTo(new Description(0, null, true));
        assertThat(pooler.orders).isEmpty();
        assertThatThrownBy(() -> console.describe("SHOW POOLS; SHOW STATS"))
                .isInstanceOfSatisfying(
                        CommandRefused.class,
                        refused -> assertThat(refused.sqlState()).isEqualTo("42601"));
    }

    @Test
    void countsItsOwnTraffic() {
        ask("SHOW STATE", STATS);
        ask("SHOW STATE", STATS);

        assertThat(ask("SHOW STATS_TOTALS", STATS))
                .isInstanceOfSatisfying(
                        ConsoleReply.Rows.class,
                        rows -> assertThat(rows.table().rows())
                                .singleElement()
                                .satisfies(row -> assertThat(row).startsWith("pgbouncer", "0", "3", "3")));
    }

    @Test
    void averagesFollowFromTheReadingsItTakes() {
        pooler.stats.add(InMemoryPooler.stats("shop", "alice", 1));
        nanos.set(60_000_000_000L);
        assertThat(console.recordStats().toCompletableFuture().join()).startsWith("stats: 0 xacts/s, 0 queries/s");
        pooler.stats.set(0, InMemoryPooler.stats("shop", "alice", 100));
        nanos.set(120_000_000_000L);
        assertThat(console.recordStats().toCompletableFuture().join())
                .isEqualTo("stats: 33 xacts/s, 49 queries/s, 11 client parses/s, 13 server parses/s, 14 binds/s,"
                        + " in 6600 B/s, out 8250 B/s, xact 3000 us, query 1000 us, wait 1000 us");
    }

    private ConsoleReply ask(String query, ConsoleUser user) {
        try {
            return console.execute(command(query), user)
                    .reply()
                    .toCompletableFuture()
                    .join();
        } catch (CommandRefused refusal) {
            return ConsoleReply.Refused.of(refusal);
        }
    }

    private Command command(String query) {
        return console.parse(query, List.of()).getFirst();
    }

    private static void assertRefused(ConsoleReply reply, String sqlState, String message) {
        assertThat(reply).isInstanceOfSatisfying(ConsoleReply.Refused.class, refused -> {
            assertThat(refused.sqlState()).isEqualTo(sqlState);
            assertThat(refused.message()).isEqualTo(message);
        });
    }
}
