package dev.weir.proxy.app;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/// The few calls of the C library that a daemon needs and the JDK does not have.
///
/// Each failing call throws [CallFailed] with its errno. Threads: any; `setuid` and its like change all threads, as the
/// C library sees to.
@SuppressWarnings("restricted") // the whole point of it
final class Posix {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");
    private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /// Where `struct passwd` keeps the numbers: behind the pointers to name and password, on Linux and on macOS.
    private static final long PASSWD_UID = 2 * POINTER.byteSize();

    private static final long PASSWD_GID = PASSWD_UID + Integer.BYTES;
    private static final long PASSWD_READ = PASSWD_GID + Integer.BYTES;

    private static final boolean MACOS = System.getProperty("os.name").startsWith("Mac");
    private static final int RLIMIT_NOFILE = MACOS ? 8 : 7;
    private static final long RLIM_INFINITY = MACOS ? Long.MAX_VALUE : -1;

    private Posix() {}

    /// A call that returned -1.
    static final class CallFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CallFailed(String call, int errno) {
            super(call + " failed with errno " + errno);
        }
    }

    /// A row of the user database.
    record User(String name, int uid, int gid) {}

    /// How many descriptors the process may have open.
    ///
    /// @param soft what holds now, [#UNLIMITED] for no limit
    /// @param hard up to where the process may raise it itself
    record DescriptorLimit(long soft, long hard) {
        static final long UNLIMITED = Long.MAX_VALUE;
    }

    static int effectiveUserId() {
        try {
            return (int) plain("geteuid", FunctionDescriptor.of(INT)).invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// The limit of open files (`getrlimit`). The JVM has raised the soft one to the hard one when it started.
    static DescriptorLimit descriptorLimit() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            MemorySegment limits = arena.allocate(ValueLayout.JAVA_LONG, 2);
            MethodHandle getrlimit = checked("getrlimit", FunctionDescriptor.of(INT, INT, POINTER));
            check("getrlimit", (int) getrlimit.invokeExact(state, RLIMIT_NOFILE, limits), state);
            return new DescriptorLimit(
                    limit(limits.getAtIndex(ValueLayout.JAVA_LONG, 0)),
                    limit(limits.getAtIndex(ValueLayout.JAVA_LONG, 1)));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static long limit(long told) {
        return told == RLIM_INFINITY ? DescriptorLimit.UNLIMITED : told;
    }

    /// Looks a user up by name (`getpwnam`); empty when there is none.
    static Optional<User> user(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle getpwnam = plain("getpwnam", FunctionDescriptor.of(POINTER, POINTER));
            MemorySegment row = (MemorySegment) getpwnam.invokeExact(arena.allocateFrom(name));
            if (row.equals(MemorySegment.NULL)) {
                return Optional.empty();
            }
            MemorySegment passwd = row.reinterpret(PASSWD_READ);
            return Optional.of(new User(name, passwd.get(INT, PASSWD_UID), passwd.get(INT, PASSWD_GID)));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Becomes another user for good: group, supplementary groups, user, in the order that keeps the right to do so.
    static void become(User user) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            FunctionDescriptor ofId = FunctionDescriptor.of(INT, INT);
            check("setgid", (int) checked("setgid", ofId).invokeExact(state, user.gid()), state);
            MethodHandle initgroups = checked("initgroups", FunctionDescriptor.of(INT, POINTER, INT));
            MemorySegment name = arena.allocateFrom(user.name());
            check("initgroups", (int) initgroups.invokeExact(state, name, user.gid()), state);
            check("setuid", (int) checked("setuid", ofId).invokeExact(state, user.uid()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Leaves the terminal and the process group of whoever started us (`setsid`).
    static void startSession() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            check("setsid", (int) checked("setsid", FunctionDescriptor.of(INT)).invokeExact(state), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Gives a signal back its default action. A shell ignores SIGINT and SIGQUIT in what it starts in the background,
    /// and the JDK does not let a program handle what is ignored.
    static void resetSignal(int signal) {
        signal(signal, MemorySegment.NULL);
    }

    /// Makes a signal close the descriptor whose number is the signal's own: `close` takes one int, and so does a
    /// signal handler.
    static void closeDescriptorOnSignal(int signal) {
        signal(signal, address("close"));
    }

    private static void signal(int signal, MemorySegment handler) {
        try {
            MethodHandle call = plain("signal", FunctionDescriptor.of(POINTER, INT, POINTER));
            MemorySegment previous = (MemorySegment) call.invokeExact(signal, handler);
            if (previous.address() == -1) {
                throw new CallFailed("signal", 0);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Opens a pipe whose write end gets the number `writeEnd`; what that number meant before is closed.
    ///
    /// @return the number of the read end
    static int pipeTo(int writeEnd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            MemorySegment ends = arena.allocate(INT, 2);
            check(
                    "pipe",
                    (int) checked("pipe", FunctionDescriptor.of(INT, POINTER)).invokeExact(state, ends),
                    state);
            int written = ends.getAtIndex(INT, 1);
            MethodHandle dup2 = checked("dup2", FunctionDescriptor.of(INT, INT, INT));
            check("dup2", (int) dup2.invokeExact(state, written, writeEnd), state);
            MethodHandle close = checked("close", FunctionDescriptor.of(INT, INT));
            check("close", (int) close.invokeExact(state, written), state);
            return ends.getAtIndex(INT, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Waits until the other end of a pipe is closed or says something.
    static void awaitPipe(int readEnd) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle read =
                    plain("read", FunctionDescriptor.of(ValueLayout.JAVA_LONG, INT, POINTER, ValueLayout.JAVA_LONG));
            long count = (long) read.invokeExact(readEnd, arena.allocate(1), 1L);
            assert count <= 1;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static void check(String call, int result, MemorySegment state) {
        if (result == -1) {
            throw new CallFailed(call, (int) ERRNO.get(state, 0L));
        }
    }

    private static MethodHandle plain(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(address(name), descriptor);
    }

    private static MethodHandle checked(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(address(name), descriptor, KEEP_ERRNO);
    }

    private static MemorySegment address(String name) {
        return LIBRARY.find(name).orElseThrow(() -> new CallFailed(name, 0));
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
}
