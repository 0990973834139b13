package dev.weir.proxy.net;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The socket calls that neither the JDK nor Netty has: descriptors that go along with bytes (`SCM_RIGHTS`, unix(7)),
/// and a filter on a listening socket (socket(7)). Constants and layouts are those of Linux on 64 bits; nobody else may
/// come here. Threads: any. A failing call throws with the text of its errno.
@SuppressWarnings("restricted") // the whole point of it
final class NativeSockets {

    /// A descriptor that arrived, and bytes.
    ///
    /// @param count bytes received; 0 when the peer has closed
    /// @param descriptors those that came along, owned by the caller
    record Received(int count, List<Integer> descriptors) {}

    static final int SOL_SOCKET = 1;
    static final int SO_PEERCRED = 17;
    static final int SO_RCVTIMEO = 20;
    static final int SO_SNDTIMEO = 21;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_ACCEPTCONN = 30;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SCM_RIGHTS = 1;
    private static final int ENOENT = 2;
    private static final int ECONNREFUSED = 111;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    /// `struct sockaddr_un`: the family and a path of 108 bytes.
    private static final int PATH_BYTES = 108;
    /// So many descriptors fit into what one call receives; a sender that passes one at a time needs one.
    private static final int DESCRIPTORS_MAX = 16;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;

    private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /// `struct iovec` and `struct msghdr`.
    private static final StructLayout VECTOR = MemoryLayout.structLayout(POINTER, LONG);
    private static final StructLayout MESSAGE = MemoryLayout.structLayout(
            POINTER,
            INT,
            MemoryLayout.paddingLayout(Integer.BYTES),
            POINTER,
            LONG,
            POINTER,
            LONG,
            INT,
            MemoryLayout.paddingLayout(Integer.BYTES));
    private static final long MESSAGE_VECTORS = 16;
    private static final long MESSAGE_CONTROL = 32;

    /// `struct cmsghdr`: | int64 length, header included | int32 level | int32 type | data |.
    private static final int CONTROL_HEADER = 16;
    private static final int CONTROL_LEVEL = 8;
    private static final int CONTROL_TYPE = 12;

    private static final MethodHandle SOCKET = call("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle CONNECT = call("connect", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle LISTEN = call("listen", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle SENDMSG = call("sendmsg", FunctionDescriptor.of(LONG, INT, POINTER, INT));
    private static final MethodHandle RECVMSG = call("recvmsg", FunctionDescriptor.of(LONG, INT, POINTER, INT));
    private static final MethodHandle GETSOCKNAME =
            call("getsockname", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
    private static final MethodHandle SETSOCKOPT =
            call("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));
    private static final MethodHandle GETSOCKOPT =
            call("getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));
    private static final MethodHandle FCNTL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("fcntl"),
            FunctionDescriptor.of(INT, INT, INT, INT),
            KEEP_ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle STRERROR =
            LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(POINTER, INT));

    private NativeSockets() {}

    private static MethodHandle call(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, KEEP_ERRNO);
    }

    /// Connects a blocking Unix socket.
    ///
    /// @return its descriptor
    /// @throws NoSuchFileException if there is no such socket
    /// @throws ConnectException if nobody listens on it
    static int connectUnix(String path) throws IOException {
        return connectUnix(path, SOCK_STREAM);
    }

    /// Connects a Unix socket for single messages; see [#connectUnix].
    static int connectUnixDatagram(String path) throws IOException {
        return connectUnix(path, SOCK_DGRAM);
    }

    private static int connectUnix(String path, int type) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            byte[] name = path.getBytes(StandardCharsets.UTF_8);
            if (name.length >= PATH_BYTES) {
                throw new IOException("path is too long: " + path);
            }
            boolean isAbstract = path.startsWith("@");
            if (isAbstract) {
                name[0] = 0;
            }
            MemorySegment state = state(arena);
            MemorySegment address = arena.allocate(SHORT.byteSize() + PATH_BYTES, Long.BYTES);
            address.set(SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, SHORT.byteSize(), name.length);
            // An abstract name ends with the address, any other with a NUL.
            int length = (int) (isAbstract ? SHORT.byteSize() + name.length : address.byteSize());
            int socket = check("socket", (int) SOCKET.invokeExact(state, AF_UNIX, type | SOCK_CLOEXEC, 0), state);
            try {
                check("connect", (int) CONNECT.invokeExact(state, socket, address, length), state);
                return socket;
            } catch (Throwable e) {
                close(socket);
                throw e;
            }
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// Closes a descriptor.
    static void close(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            check("close", (int) CLOSE.invokeExact(state, descriptor), state);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// Listens on a socket, or changes how many connections may wait on one that is listened on; whoever connects to a
    /// Unix socket sees the process that did so last.
    static void listen(int socket, int backlog) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            check("listen", (int) LISTEN.invokeExact(state, socket, backlog), state);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// Makes accepting on a socket return at once where nobody waits, as event loops need it.
    static void doNotBlock(int socket) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            int flags = check("fcntl", (int) FCNTL.invokeExact(state, socket, F_GETFL, 0), state);
            check("fcntl", (int) FCNTL.invokeExact(state, socket, F_SETFL, flags | O_NONBLOCK), state);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// Sends bytes, all of them.
    static void send(int socket, byte[] bytes) throws IOException {
        int sent = 0;
        while (sent < bytes.length) {
            byte[] rest = sent == 0 ? bytes : Arrays.copyOfRange(bytes, sent, bytes.length);
            sent += send(socket, rest, -1, MSG_NOSIGNAL);
        }
    }

    /// Sends bytes and, with the first of them, a descriptor; does not block.
    ///
    /// @return how many bytes went
    static int sendWithDescriptor(int socket, byte[] bytes, int descriptor) throws IOException {
        return send(socket, bytes, descriptor, MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    private static int send(int socket, byte[] bytes, int descriptor, int flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            MemorySegment control = MemorySegment.NULL;
            if (descriptor >= 0) {
                control = arena.allocate(CONTROL_HEADER + Long.BYTES, Long.BYTES);
                control.set(LONG, 0, CONTROL_HEADER + Integer.BYTES);
                control.set(INT, CONTROL_LEVEL, SOL_SOCKET);
                control.set(INT, CONTROL_TYPE, SCM_RIGHTS);
                control.set(INT, CONTROL_HEADER, descriptor);
            }
            MemorySegment message = message(arena, data, control);
            return (int) check("sendmsg", (long) SENDMSG.invokeExact(state, socket, message, flags), state);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// Receives bytes and the descriptors that come along.
    static Received receive(int socket, byte[] into) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment data = arena.allocate(into.length);
            MemorySegment control = arena.allocate(CONTROL_HEADER + DESCRIPTORS_MAX * Integer.BYTES, Long.BYTES);
            MemorySegment message = message(arena, data, control);
            int count =
                    (int) check("recvmsg", (long) RECVMSG.invokeExact(state, socket, message, MSG_CMSG_CLOEXEC), state);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, into, 0, count);
            return new Received(count, descriptors(control, message.get(LONG, MESSAGE_CONTROL + Long.BYTES)));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private static List<Integer> descriptors(MemorySegment control, long length) {
        List<Integer> descriptors = new ArrayList<>();
        if (length >= CONTROL_HEADER
                && control.get(INT, CONTROL_LEVEL) == SOL_SOCKET
                && control.get(INT, CONTROL_TYPE) == SCM_RIGHTS) {
            long end = Math.min(control.get(LONG, 0), length);
            for (long at = CONTROL_HEADER; at + Integer.BYTES <= end; at += Integer.BYTES) {
                descriptors.add(control.get(INT, at));
            }
        }
        return descriptors;
    }

    private static MemorySegment message(Arena arena, MemorySegment data, MemorySegment control) {
        MemorySegment vector = arena.allocate(VECTOR);
        vector.set(POINTER, 0, data);
        vector.set(LONG, POINTER.byteSize(), data.byteSize());
        MemorySegment message = arena.allocate(MESSAGE);
        message.set(POINTER, MESSAGE_VECTORS, vector);
        message.set(LONG, MESSAGE_VECTORS + POINTER.byteSize(), 1);
        message.set(POINTER, MESSAGE_CONTROL, control);
        message.set(LONG, MESSAGE_CONTROL + POINTER.byteSize(), control.byteSize());
        return message;
    }

    /// The address that a socket is bound to, as the kernel tells it: family first.
    static byte[] localAddress(int socket) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment address = arena.allocate(SHORT.byteSize() + PATH_BYTES, Long.BYTES);
            MemorySegment length = arena.allocateFrom(INT, (int) address.byteSize());
            check("getsockname", (int) GETSOCKNAME.invokeExact(state, socket, address, length), state);
            return address.asSlice(0, Math.min(length.get(INT, 0), address.byteSize()))
                    .toArray(ValueLayout.JAVA_BYTE);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// Sets an option whose value is made of 64-bit numbers.
    static void setOption(int socket, int option, long... value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            setOption(socket, option, arena.allocateFrom(LONG, value));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private static void setOption(int socket, int option, MemorySegment value) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            int result = (int) SETSOCKOPT.invokeExact(state, socket, SOL_SOCKET, option, value, (int) value.byteSize());
            check("setsockopt", result, state);
        }
    }

    /// Gets an option whose value is made of 32-bit numbers.
    ///
    /// @param count how many
    static int[] option(int socket, int option, int count) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment value = arena.allocate(INT, count);
            MemorySegment length = arena.allocateFrom(INT, (int) value.byteSize());
            int result = (int) GETSOCKOPT.invokeExact(state, socket, SOL_SOCKET, option, value, length);
            check("getsockopt", result, state);
            return value.toArray(INT);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// Puts a classic BPF program before a socket (`struct sock_fprog`).
    ///
    /// @param program instructions, each | int16 code | int8 jump if true | int8 jump if false | int32 k |
    static void attachFilter(int socket, long... program) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filter = arena.allocate(SHORT.byteSize() + 6 + POINTER.byteSize(), Long.BYTES);
            filter.set(SHORT, 0, (short) program.length);
            filter.set(POINTER, Long.BYTES, arena.allocateFrom(LONG, program));
            setOption(socket, SO_ATTACH_FILTER, filter);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private static MemorySegment state(Arena arena) {
        return arena.allocate(Linker.Option.captureStateLayout());
    }

    private static int check(String call, int result, MemorySegment state) throws IOException {
        return (int) check(call, (long) result, state);
    }

    private static long check(String call, long result, MemorySegment state) throws IOException {
        if (result >= 0) {
            return result;
        }
        int errno = (int) ERRNO.get(state, 0L);
        String reason = call + ": " + text(errno);
        throw switch (errno) {
            case ENOENT -> new NoSuchFileException(reason);
            case ECONNREFUSED -> new ConnectException(reason);
            default -> new IOException(reason);
        };
    }

    private static String text(int errno) {
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(256).getString(0);
        } catch (Throwable e) {
            return "errno " + errno;
        }
    }

    private static IOException failure(Throwable e) {
        return switch (e) {
            case IOException io -> io;
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> new IOException(e);
        };
    }
}
