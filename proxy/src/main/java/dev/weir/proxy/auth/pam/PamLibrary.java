package dev.weir.proxy.auth.pam;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// The functions of libpam that a login needs. Looked for once; absent where there is no libpam.
@SuppressWarnings("restricted") // the JDK knows PAM by no other way
final class PamLibrary {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private static final @Nullable PamLibrary FOUND = find();

    final MethodHandle start;
    final @Nullable MethodHandle startWithDirectory;
    final MethodHandle end;
    final MethodHandle setItem;
    final MethodHandle authenticate;
    final MethodHandle accountManagement;
    final MethodHandle errorText;
    final MethodHandle calloc;
    final MethodHandle strdup;

    private PamLibrary(SymbolLookup pam) {
        FunctionDescriptor ofHandle = FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT);
        start = handle(
                pam,
                "pam_start",
                FunctionDescriptor.of(
                        INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        startWithDirectory = pam.find("pam_start_confdir")
                .map(address -> LINKER.downcallHandle(
                        address,
                        FunctionDescriptor.of(
                                INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS)))
                .orElse(null);
        end = handle(pam, "pam_end", ofHandle);
        setItem =
                handle(pam, "pam_set_item", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT, ValueLayout.ADDRESS));
        authenticate = handle(pam, "pam_authenticate", ofHandle);
        accountManagement = handle(pam, "pam_acct_mgmt", ofHandle);
        errorText = handle(pam, "pam_strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, INT));
        SymbolLookup c = LINKER.defaultLookup();
        calloc = handle(
                c, "calloc", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        strdup = handle(c, "strdup", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(library.findOrThrow(name), type);
    }

    private static @Nullable PamLibrary find() {
        for (String name : new String[] {"libpam.so.0", "libpam.2.dylib"}) {
            try {
                return new PamLibrary(SymbolLookup.libraryLookup(name, Arena.global()));
            } catch (IllegalArgumentException _) {
                // not of this name
            }
        }
        return null;
    }

    /// Why there is none, or null.
    static @Nullable String obstacle() {
        return FOUND == null ? "auth_type pam: this machine has no libpam" : null;
    }

    static PamLibrary get() {
        PamLibrary found = FOUND;
        if (found == null) {
            throw new IllegalStateException(obstacle());
        }
        return found;
    }

    /// An upcall for as long as `arena` lives.
    static MemorySegment upcall(MethodHandle target, FunctionDescriptor type, Arena arena) {
        return LINKER.upcallStub(target, type, arena);
    }
}
