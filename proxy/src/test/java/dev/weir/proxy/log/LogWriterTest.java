package dev.weir.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class LogWriterTest {

    @Test
    void writesInOrderAndBeforeItIsClosed() {
        Recorder recorder = new Recorder();
        LogWriter writer = new LogWriter(List.of(recorder), 1000);
        for (int i = 0; i < 500; i++) {
            writer.write(line("line " + i));
        }
        writer.close();
        assertThat(recorder.texts).hasSize(500).first().isEqualTo("line 0");
        assertThat(recorder.texts).last().isEqualTo("line 499");
        assertThat(recorder.closed).isTrue();
    }

    @Test
    void changesTargetsBetweenTwoLines() {
        Recorder first = new Recorder();
        Recorder second = new Recorder();
        LogWriter writer = new LogWriter(List.of(first), 10);
        writer.write(line("a"));
        writer.reopen(() -> List.of(second));
        writer.write(line("b"));
        writer.close();
        assertThat(first.texts).containsExactly("a");
        assertThat(first.closed).isTrue();
        assertThat(second.texts).containsExactly("b");
    }

    @Test
    void dropsAndCountsWhatASlowTargetCannotTake() {
        CountDownLatch stuck = new CountDownLatch(1);
        Recorder recorder = new Recorder() {
            @Override
            public void write(LogLine line) {
                super.write(line);
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        LogWriter writer = new LogWriter(List.of(recorder), 2);
        writer.write(line("taken"));
        await().until(() -> !recorder.texts.isEmpty());
        for (int i = 0; i < 5; i++) {
            writer.write(line("queued or dropped"));
        }
        stuck.countDown();
        writer.close();
        assertThat(recorder.texts)
                .containsExactly(
                        "taken",
                        "3 log lines dropped: the log cannot keep up",
                        "queued or dropped",
                        "queued or dropped");
    }

    @Test
    void goesOnAfterATargetThatThrows() {
        Recorder recorder = new Recorder() {
            @Override
            public void write(LogLine line) {
                if (line.text().equals("bad")) {
                    throw new IllegalStateException("broken target");
                }
                super.write(line);
            }
        };
        LogWriter writer = new LogWriter(List.of(recorder), 10);
        writer.write(line("bad"));
        writer.write(line("good"));
        writer.close();
        assertThat(recorder.texts).contains("good");
    }

    private static LogLine line(String text) {
        return new LogLine(Instant.EPOCH, Severity.LOG, text);
    }

    private static class Recorder implements LogTarget {
        final List<String> texts = new CopyOnWriteArrayList<>();
        volatile boolean closed;

        @Override
        public void write(LogLine line) {
            texts.add(line.text());
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
