package dev.weir.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.console.port.ShutdownMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SignalsTest {

    private final List<String> asked = new ArrayList<>();
    private boolean shuttingDown;
    private boolean suspended;
    private Duration drainTimeout = Duration.ZERO;

    private final Signals signals = new Signals(new SignalReceiver() {
        @Override
        public void reload() {
            asked.add("reload");
        }

        @Override
        public void pause() {
            asked.add("pause");
        }

        @Override
        public void resume() {
            asked.add("resume");
        }

        @Override
        public void shutDown(ShutdownMode mode) {
            shuttingDown = true;
            asked.add("shut down " + mode);
        }

        @Override
        public boolean isShuttingDown() {
            return shuttingDown;
        }

        @Override
        public boolean isSuspended() {
            return suspended;
        }

        @Override
        public Duration drainTimeout() {
            return drainTimeout;
        }

        @Override
        public void exitNow(int status) {
            asked.add("exit " + status);
        }
    });

    @Test
    void reloadsOnHangUp() {
        signals.onHangUp();
        assertThat(asked).containsExactly("reload");
    }

    @Test
    void waitsForClientsOnTheFirstTerminateAndExitsOnTheSecond() {
        signals.onTerminate();
        signals.onTerminate();
        assertThat(asked).containsExactly("shut down WAIT_FOR_CLIENTS", "exit 0");
    }

    @Test
    void drainsOnTheFirstTerminateWhereThatIsConfiguredAndExitsOnTheSecond() {
        drainTimeout = Duration.ofSeconds(25);
        signals.onTerminate();
        signals.onTerminate();
        assertThat(asked).containsExactly("shut down DRAIN", "exit 0");
    }

    @Test
    void anInterruptNeverDrains() {
        drainTimeout = Duration.ofSeconds(25);
        signals.onInterrupt();
        assertThat(asked).containsExactly("shut down WAIT_FOR_SERVERS");
    }

    @Test
    void waitsForServersOnTheFirstInterruptAndExitsOnTheSecond() {
        signals.onInterrupt();
        signals.onInterrupt();
        assertThat(asked).containsExactly("shut down WAIT_FOR_SERVERS", "exit 0");
    }

    @Test
    void exitsOnAnInterruptThatFollowsATerminate() {
        signals.onTerminate();
        signals.onInterrupt();
        assertThat(asked).containsExactly("shut down WAIT_FOR_CLIENTS", "exit 0");
    }

    @Test
    void aSuspendedPoolerCannotWaitAndFails() {
        suspended = true;
        signals.onTerminate();
        signals.onInterrupt();
        assertThat(asked).containsExactly("exit 1", "exit 1");
    }

    @Test
    void exitsAtOnceOnQuit() {
        signals.onQuit();
        assertThat(asked).containsExactly("exit 0");
    }

    @Test
    void pausesAndResumesOnUserSignals() {
        signals.onUser1();
        signals.onUser2();
        assertThat(asked).containsExactly("pause", "resume");
    }

    @Test
    void ignoresResumeWhileShuttingDown() {
        signals.onTerminate();
        signals.onUser2();
        assertThat(asked).containsExactly("shut down WAIT_FOR_CLIENTS");
    }
}
