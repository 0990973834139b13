package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.testkit.LogLines;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class AcceptFailuresTest {

    private final IOException noDescriptors = new IOException("accept(..) failed: Too many open files");

    private void fail(EmbeddedChannel listener) {
        listener.pipeline().fireExceptionCaught(noDescriptors);
        // Netty's own handler behind has to hear of it: it is the one that stops accepting for a while.
        assertThatThrownBy(listener::checkException).isSameAs(noDescriptors);
    }

    @Test
    void areSaidOnceForAsLongAsAcceptingRests() {
        EmbeddedChannel listener = new EmbeddedChannel(new AcceptFailures());
        try (LogLines log = LogLines.of(AcceptFailures.class)) {
            fail(listener);
            fail(listener);
            fail(listener);

            assertThat(log.lines()).containsExactly("ERROR accept() failed: accept(..) failed: Too many open files");
            Awaitility.await("said again").pollInterval(Duration.ofMillis(50)).until(() -> {
                fail(listener);
                return log.lines().size() == 2;
            });
        }
        listener.finishAndReleaseAll();
    }
}
