package dev.weir.proxy.net;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Names of the operating system's accounts (`getpwuid_r`). Blocks while it asks, for a directory service may stand
/// behind it. Thread-safe.
@SuppressWarnings("restricted") // the JDK knows the names of files' owners only
public final class AccountNames {
    private static final Linker LINKER = Linker.nativeLinker();

    /// More than `struct passwd` takes anywhere; its first member is the pointer to the name.
    private static final long PASSWD_BYTES = 256;

    private static final long TEXT_BYTES = 1 << 16;
    private static final long NAME_BYTES_MAX = 1 << 10;

    private AccountNames() {}

    /// The name of an account, or null if there is none of this number.
    public static @Nullable String find(int uid) {
        MethodHandle getpwuid = LINKER.downcallHandle(
                LINKER.defaultLookup().find("getpwuid_r").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment passwd = arena.allocate(PASSWD_BYTES, Long.BYTES);
            MemorySegment text = arena.allocate(TEXT_BYTES);
            MemorySegment found = arena.allocate(ValueLayout.ADDRESS);
            int failure = (int) getpwuid.invokeExact(uid, passwd, text, TEXT_BYTES, found);
            if (failure != 0 || found.get(ValueLayout.ADDRESS, 0).equals(MemorySegment.NULL)) {
                return null;
            }
            return passwd.get(ValueLayout.ADDRESS, 0)
                    .reinterpret(NAME_BYTES_MAX)
                    .getString(0, StandardCharsets.UTF_8);
        } catch (Throwable e) {
            throw new IllegalStateException("getpwuid_r cannot be called", e);
        }
    }
}
