package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the scanner makes of a text is what PostgreSQL makes of it. Texts full of quotes and comments, most of them
/// damaged in some place, run on a server that tells how many statements they were and whether a SET was among
/// them. Run with `-Dfuzz.seed=…` to repeat a failure.
final class LexerTruthIT {
    private static final int ROUNDS = 6_000;
    private static final String MARK = "SET weir.mark = ";

    private static final List<String> CONSTANTS = List.of(
            "'a'",
            "'it''s'",
            "''",
            "'\\'",
            "'a\\\\'",
            "E'\\''",
            "e'\\\\'",
            "E'a''\\''",
            "N'n'",
            "U&'\\0041'",
            "'a'\n'b'",
            "E'a' -- c\n '\\''",
            "$$x$$",
            "$a$ ' $b$ $$ $a$",
            "$é$ $é1$ $é$",
            "'-- a'",
            "'/* a'",
            "$q$/*$q$",
            "'\";'",
            "'$$'",
            "E'$$\\''",
            "'\\' || '\\'",
            "1",
            "1.5e-3",
            "1e5",
            ".5",
            "1.",
            "2",
            "null");
    private static final List<String> BLANKS = List.of(
            " ",
            "\n",
            "\t",
            " /* c */ ",
            "/**/",
            " /* ' */ ",
            " /* a /* ; */ \" */ ",
            " -- ' \n",
            "--\n",
            " /*/ a */ ",
            " --/*\r",
            " /* -- */ ");
    private static final List<String> OPERATORS =
            List.of("||", "||", ",", "AS \"x;\"\"y\",", "AS a$b,", "AS é,", "=", "<>");
    private static final String DAMAGE = "'\"$\\/*-;\n e$aU&'";

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private int accepted;
    private int marked;
    private int unterminated;

    @ParameterizedTest
    @CsvSource({"15, on", "15, off", "18, on", "18, off"})
    void textsAreWhatTheServerTakesThemFor(int version, String conforming) {
        SqlDialect dialect = SqlDialect.of(conforming, "UTF8");
        try (RawClient client = TestPostgres.shared(version).superuser(Accounts.DATABASE)) {
            client.run("SET standard_conforming_strings = " + conforming);
            client.run("SET escape_string_warning = off; SET client_min_messages = error");
            for (int round = 0; round < ROUNDS; round++) {
                compare(client, dialect, damaged(text("'" + round + "'")));
            }
        }
        assertThat(accepted).as("seed %d, texts that the server accepted", seed).isGreaterThan(ROUNDS / 10);
        assertThat(marked).as("texts that set something").isBetween(ROUNDS / 100, accepted - ROUNDS / 100);
        assertThat(unterminated).as("texts that were cut off").isGreaterThan(ROUNDS / 100);
    }

    private String text(String mark) {
        StringBuilder text = new StringBuilder(pick(BLANKS));
        int statements = 1 + random.nextInt(3);
        int marking = random.nextInt(statements + 2);
        for (int i = 0; i < statements; i++) {
            text.append(i == marking ? MARK + mark : "SELECT" + blanks() + expression(mark))
                    .append(blanks())
                    .append(";".repeat(random.nextInt(8) == 0 ? 0 : 1));
        }
        return text + blanks();
    }

    private String expression(String mark) {
        StringBuilder expression = new StringBuilder(constant(mark));
        for (int i = random.nextInt(4); i > 0; i--) {
            expression.append(blanks()).append(pick(OPERATORS)).append(blanks()).append(constant(mark));
        }
        return expression.toString();
    }

    /// Sometimes one that hides what would be a statement elsewhere.
    private String constant(String mark) {
        String constant = pick(CONSTANTS);
        if (random.nextInt(4) > 0) {
            return constant;
        }
        return switch (random.nextInt(4)) {
            case 0 -> "$m$;" + MARK + mark + ";$m$";
            case 1 -> "'; SET weir.mark = 5; '";
            case 2 -> "/*;" + MARK + mark + ";*/" + constant;
            default -> "-- ;" + MARK + mark + "\n" + constant;
        };
    }

    private String blanks() {
        return random.nextInt(3) == 0 ? pick(BLANKS) : " ";
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private String damaged(String whole) {
        StringBuilder text = new StringBuilder(whole);
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(text.length());
            String with = random.nextBoolean() ? "" : String.valueOf(DAMAGE.charAt(random.nextInt(DAMAGE.length())));
            text.replace(at, at + random.nextInt(2), with);
        }
        return text.toString();
    }

    private void compare(RawClient client, SqlDialect dialect, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int effects = Scans.effects(bytes, dialect);
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        boolean empty = SqlText.length(SqlText.core(buffer, 0, bytes.length, dialect)) == 0;
        List<Message> answer = client.query(text);
        String error = answer.stream()
                .filter(message -> message.type() == 'E')
                .map(Message::text)
                .findFirst()
                .orElse("");
        String about = "seed " + seed + ", " + dialect + ": " + text;
        if (!error.isEmpty()) {
            if (error.startsWith("unterminated")) {
                unterminated++;
                assertThat(effects & Effects.UNKNOWN_END)
                        .as("%s%n%s", error, about)
                        .isNotZero();
            }
            return;
        }
        accepted++;
        assertThat(effects & Effects.UNKNOWN_END).as(about).isZero();
        long statements =
                answer.stream().filter(message -> message.type() == 'C').count();
        assertThat((effects & Effects.MANY) != 0).as(about).isEqualTo(statements > 1);
        assertThat(empty).as(about).isEqualTo(statements == 0);
        boolean set = answer.stream()
                .anyMatch(message -> message.type() == 'C' && message.tag().equals("SET"));
        assertThat((effects & Effects.SETS) != 0).as(about).isEqualTo(set);
        if (set) {
            marked++;
        }
    }
}
