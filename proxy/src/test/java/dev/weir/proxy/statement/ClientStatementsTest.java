package dev.weir.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ClientStatementsTest {

    private final ClientStatements statements = new ClientStatements();
    private final Map<String, PreparedStatement> model = new HashMap<>();

    @Test
    void behavesAsAMapWhateverIsAddedAndRemoved() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> names = names(random);
        for (int step = 0; step < 200_000; step++) {
            String as = "-Dfuzz.seed=" + seed + ", step " + step;
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    PreparedStatement statement = statement(step);
                    assertThat(statements.put(bytes(name), statement)).as(as).isSameAs(model.put(name, statement));
                }
                case 2, 3 -> assertThat(statements.remove(bytes(name))).as(as).isSameAs(model.remove(name));
                default -> {
                    if (random.nextInt(2000) == 0) {
                        List<PreparedStatement> cleared = new ArrayList<>();
                        statements.clear(cleared::add);
                        assertThat(cleared).as(as).containsExactlyInAnyOrderElementsOf(model.values());
                        model.clear();
                    }
                }
            }
            assertThat(statements.size()).as(as).isEqualTo(model.size());
            String other = names.get(random.nextInt(names.size()));
            assertThat(find(other)).as(as).isSameAs(model.get(other));
            if (step % 1000 == 0) {
                names.forEach(any -> assertThat(find(any)).as(as).isSameAs(model.get(any)));
            }
        }
    }

    /** Enough for a small table to have rows of many. */
    private static List<String> names(Random random) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            StringBuilder colliding = new StringBuilder();
            for (int bit = 0; bit < 4; bit++) {
                colliding.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            names.add(colliding.toString());
            names.add("S_" + random.nextInt(1000));
        }
        return names;
    }

    @Test
    void namesChosenToCollideDoNotSlowItDown() {
        List<byte[]> names = new ArrayList<>();
        for (int i = 0; i < 1 << 16; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            names.add(bytes(name.toString()));
        }
        PreparedStatement statement = statement(1);
        // milliseconds, but for billions of comparisons where all of them stand in one row
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            names.forEach(name -> statements.put(name, statement));
            names.forEach(statements::remove);
        });
        assertThat(statements.size()).isZero();
    }

    @Test
    void readsTheNameWhereItLies() {
        PreparedStatement statement = statement(1);
        statements.put(bytes("s1"), statement);
        ByteBuf message = Unpooled.wrappedBuffer(bytes("xxs1\0yys2"));

        assertThat(statements.find(message, 2, 2)).isSameAs(statement);
        assertThat(statements.find(message, 2, 1)).isNull();
        assertThat(statements.find(message, 2, 3)).isNull();
        assertThat(statements.find(message, 7, 2)).isNull();
        assertThat(statements.find(message, 2, 0)).isNull();
        assertThat(message.readerIndex()).isZero();
    }

    @Test
    void mayBeFilledAgainWhileItIsCleared() {
        PreparedStatement old = statement(1);
        PreparedStatement young = statement(2);
        statements.put(bytes("a"), old);

        statements.clear(statement -> statements.put(bytes("a"), young));

        assertThat(find("a")).isSameAs(young);
        assertThat(statements.size()).isEqualTo(1);
    }

    private @Nullable PreparedStatement find(String name) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes(name));
        return statements.find(in, 0, in.readableBytes());
    }

    private static PreparedStatement statement(int id) {
        return new PreparedStatement(
                PreparedStatement.Origin.PARSE,
                bytes("select " + id + "\0\0\0"),
                dev.weir.proxy.state.SessionSettings.NONE,
                StatementTraits.of(0, dev.weir.proxy.sql.MentionedSettings.NONE),
                false,
                id);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
