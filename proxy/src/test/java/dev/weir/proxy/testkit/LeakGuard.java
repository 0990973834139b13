package dev.weir.proxy.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/// Fails a test class after which Netty has found a buffer that nobody released. Needs leak detection `paranoid`.
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {
    private static final int ROUNDS = 3;
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final Recorder RECORDER = new Recorder();

    @Override
    public void beforeAll(ExtensionContext context) {
        Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        logger.setLevel(Level.ERROR);
        if (!logger.isAttached(RECORDER)) {
            RECORDER.setContext(logger.getLoggerContext());
            RECORDER.start();
            logger.addAppender(RECORDER);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        for (int round = 0; round < ROUNDS; round++) {
            // The detector reports what was collected when the next buffer is made.
            System.gc();
            ByteBuf direct = ByteBufAllocator.DEFAULT.directBuffer(1);
            direct.release();
            ByteBuf heap = ByteBufAllocator.DEFAULT.heapBuffer(1);
            heap.release();
        }
        String leak = LEAKS.poll();
        LEAKS.clear();
        if (leak != null) {
            throw new AssertionError("a buffer was not released: " + leak);
        }
    }

    private static final class Recorder extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getFormattedMessage().contains("LEAK")) {
                LEAKS.add(event.getFormattedMessage());
            }
        }
    }
}
