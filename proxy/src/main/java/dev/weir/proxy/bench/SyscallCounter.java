package dev.weir.proxy.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Counts the system calls of a process, all threads, for some time: with `perf`, which hardly disturbs it, or with
/// `strace`, which slows it down so much that it has more to do at each call, and makes fewer for each transaction than
/// it would at full speed. Either needs rights that not everybody has.
///
/// @param perf the program, or null
/// @param strace the program, or null
record SyscallCounter(@Nullable Path perf, @Nullable Path strace) {

    /// How long it counts.
    static final Duration WINDOW = Duration.ofSeconds(2);

    private static final Duration END = Duration.ofSeconds(10);

    /// What is installed here.
    static SyscallCounter find() {
        return new SyscallCounter(Programs.find("perf"), Programs.find("strace"));
    }

    /// Counts for as long as [#WINDOW].
    ///
    /// @return 0 if nothing could be counted
    long count(long pid) throws IOException, InterruptedException {
        Path first = perf;
        Path second = strace;
        long calls = first == null ? 0 : countByPerf(first, pid);
        return calls == 0 && second != null ? countByStrace(second, pid) : calls;
    }

    private static long countByPerf(Path perf, long pid) throws IOException, InterruptedException {
        List<String> said = said(new ProcessBuilder(
                perf.toString(),
                "stat",
                "-x",
                ",",
                "-e",
                "raw_syscalls:sys_enter",
                "-p",
                String.valueOf(pid),
                "--",
                "sleep",
                String.valueOf(WINDOW.toSeconds())));
        return ofPerf(said);
    }

    private static long countByStrace(Path strace, long pid) throws IOException, InterruptedException {
        return ofStrace(said(new ProcessBuilder(
                "timeout",
                "--signal=INT",
                String.valueOf(WINDOW.toSeconds()),
                strace.toString(),
                "-c",
                "-f",
                "-p",
                String.valueOf(pid))));
    }

    private static List<String> said(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = new ArrayList<>();
            String line = reader.readLine();
            while (line != null) {
                lines.add(line);
                line = reader.readLine();
            }
            return lines;
        } finally {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    /// The count in what `perf stat -x ,` says; 0 if it was not allowed to count.
    static long ofPerf(List<String> said) {
        return said.stream()
                .filter(line -> line.contains("raw_syscalls") && Character.isDigit(line.charAt(0)))
                .map(line -> line.substring(0, line.indexOf(',')))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    /// The count in the last line of the table of `strace -c`; 0 if there is none. The columns: share of the time,
    /// seconds, microseconds for each, calls, errors if there were any, the name.
    static long ofStrace(List<String> said) {
        return said.stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length >= 5 && fields[fields.length - 1].equals("total"))
                .mapToLong(fields -> Long.parseLong(fields[3]))
                .findFirst()
                .orElse(0);
    }
}
