package dev.weir.proxy.log;

import dev.weir.config.SyslogFacility;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The local syslog through the C library's `syslog(3)`, which finds the daemon's socket and outlives its restarts.
@SuppressWarnings("restricted") // calls into the C library
final class SyslogTarget implements LogTarget {

    private static final Linker LINKER = Linker.nativeLinker();

    /// `LOG_PID`: the daemon's lines carry our pid.
    private static final int WITH_PID = 1;

    private static final int BITS_OF_SEVERITY = 3;

    // openlog keeps the pointer to the name until closelog.
    private final Arena arena = Arena.ofShared();
    private final MethodHandle syslog;
    private final MemorySegment format;
    private boolean open = true;

    SyslogTarget(String ident, SyslogFacility facility) {
        syslog = handle(
                "syslog",
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
        format = arena.allocateFrom("%s");
        MethodHandle openlog = handle(
                "openlog", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            openlog.invokeExact(arena.allocateFrom(ident), WITH_PID, facility.code() << BITS_OF_SEVERITY);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void write(LogLine line) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment text = call.allocateFrom(line.severity() + " " + line.text());
            syslog.invokeExact(line.severity().syslogCode(), format, text);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        try {
            handle("closelog", FunctionDescriptor.ofVoid()).invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        arena.close();
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor, options);
    }
}
