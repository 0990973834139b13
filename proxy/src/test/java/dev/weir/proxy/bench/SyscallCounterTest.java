package dev.weir.proxy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SyscallCounterTest {

    @Test
    void readsWhatPerfHasCounted() {
        assertThat(SyscallCounter.ofPerf(List.of("", "183122,,raw_syscalls:sys_enter,2001522341,100.00,,")))
                .isEqualTo(183_122);
    }

    @Test
    void perfMayNotBeAllowedToCount() {
        assertThat(SyscallCounter.ofPerf(List.of("<not supported>,,raw_syscalls:sys_enter,0,100.00,,")))
                .isZero();
        assertThat(SyscallCounter.ofPerf(List.of("event syntax error: 'raw_syscalls:sys_enter'")))
                .isZero();
    }

    @Test
    void readsTheTotalOfStrace() {
        List<String> head = List.of(
                "strace: Process 4242 attached",
                "% time     seconds  usecs/call     calls    errors syscall",
                "------ ----------- ----------- --------- --------- ----------------",
                " 60.00    0.300000           3    100000           recvfrom");
        assertThat(SyscallCounter.ofStrace(
                        List.of(head.getLast(), "100.00    0.500000           2    201234        17 total")))
                .isEqualTo(201_234);
        assertThat(SyscallCounter.ofStrace(List.of("100.00    0.500000           2    201234           total")))
                .isEqualTo(201_234);
        assertThat(SyscallCounter.ofStrace(head)).isZero();
    }
}
