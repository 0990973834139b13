package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.statement.UnnamedStatement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SessionTextsTest {

    private final LoopTexts loop = new LoopTexts();
    private final SessionTexts one = new SessionTexts();
    private final SessionTexts two = new SessionTexts();

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    private void parse(SessionTexts client, String name, String sql) {
        client.put(bytes(name), 0, name.length(), loop.put(bytes(sql), 0, sql.length()));
    }

    private @Nullable UnnamedStatement find(SessionTexts client, String name) {
        return client.find(loop, bytes(name), 0, name.length());
    }

    private String text(SessionTexts client, String name) {
        UnnamedStatement found = Objects.requireNonNull(find(client, name), name);
        return new String(Objects.requireNonNull(found.definition()), StandardCharsets.UTF_8);
    }

    @Test
    void clientsThatPrepareTheSameShareIt() {
        parse(one, "S_1", "SELECT 1");
        parse(two, "S_7", "SELECT 1");
        parse(two, "S_1", "SELECT 2");
        assertThat(find(one, "S_1")).isSameAs(find(two, "S_7"));
        assertThat(text(one, "S_1")).isEqualTo("SELECT 1");
        assertThat(text(two, "S_1")).isEqualTo("SELECT 2");
        assertThat(find(one, "S_7")).isNull();
    }

    @Test
    void longTextsAreToldApartAndKeptInPart() {
        String start = "SELECT " + "1, ".repeat(10_000);
        parse(one, "a", start + "2");
        parse(one, "b", start + "3");
        assertThat(find(one, "a")).isNotSameAs(find(one, "b"));
        assertThat(text(one, "a")).hasSize(8192).isEqualTo(text(one, "b"));
    }

    @Test
    void whatIsLostIsNotTakenForSomethingElse() {
        for (int i = 0; i < 5_000; i++) {
            parse(one, "S_" + i, "SELECT " + i);
        }
        int known = 0;
        for (int i = 0; i < 5_000; i++) {
            if (find(one, "S_" + i) != null) {
                known++;
                assertThat(text(one, "S_" + i)).isEqualTo("SELECT " + i);
            }
        }
        assertThat(known).isBetween(1, 128);
    }
}
