package dev.weir.proxy.auth.pam;

import dev.weir.proxy.auth.PasswordService.Claim;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// One conversation with PAM about one password: `pam_start`, `pam_authenticate`, `pam_acct_mgmt`, `pam_end`. Blocks;
/// for
/// one thread.
@SuppressWarnings("restricted") // what PAM hands over has no bounds of its own
final class PamTransaction {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private static final int SUCCESS = 0;
    private static final int CONVERSATION_FAILED = 19;
    private static final int PROMPT_ECHO_OFF = 1;
    private static final int PROMPT_ECHO_ON = 2;
    private static final int ITEM_REMOTE_HOST = 4;
    private static final int ITEM_FAIL_DELAY = 10;
    private static final int DISALLOW_NULL_PASSWORD = 1;
    private static final int MESSAGES_MAX = 32;

    /// `struct pam_message { int msg_style; const char *msg; }`
    private static final StructLayout MESSAGE =
            MemoryLayout.structLayout(INT, MemoryLayout.paddingLayout(4), ValueLayout.ADDRESS);

    /// `struct pam_response { char *resp; int resp_retcode; }`
    private static final StructLayout RESPONSE =
            MemoryLayout.structLayout(ValueLayout.ADDRESS, INT, MemoryLayout.paddingLayout(4));

    private static final FunctionDescriptor CONVERSATION =
            FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS);

    private static final FunctionDescriptor FAIL_DELAY = FunctionDescriptor.ofVoid(INT, INT, ValueLayout.ADDRESS);

    private final PamLibrary pam = PamLibrary.get();
    private final String service;
    private final Claim claim;

    PamTransaction(String service, Claim claim) {
        this.service = service;
        this.claim = claim;
    }

    /// Asks; answers why PAM refuses, null if it does not.
    @Nullable
    String run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment conversation = arena.allocate(ValueLayout.ADDRESS, 2);
            conversation.setAtIndex(ValueLayout.ADDRESS, 0, upcall("converse", CONVERSATION, arena));
            MemorySegment place = arena.allocate(ValueLayout.ADDRESS);
            int status = start(arena, conversation, place);
            MemorySegment handle = place.get(ValueLayout.ADDRESS, 0);
            if (status != SUCCESS) {
                return "pam_start failed with " + status;
            }
            try {
                status = ask(handle, arena);
                return status == SUCCESS ? null : text(handle, status);
            } finally {
                int ignored = (int) pam.end.invokeExact(handle, status);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("libpam cannot be called", e);
        }
    }

    private int start(Arena arena, MemorySegment conversation, MemorySegment place) throws Throwable {
        MemorySegment user = arena.allocateFrom(claim.user());
        int slash = service.lastIndexOf('/');
        MemorySegment name = arena.allocateFrom(service.substring(slash + 1));
        if (slash < 0) {
            return (int) pam.start.invokeExact(name, user, conversation, place);
        }
        MethodHandle startWithDirectory = pam.startWithDirectory;
        if (startWithDirectory == null) {
            throw new IllegalStateException("this libpam takes services from its own directories only");
        }
        MemorySegment directory = arena.allocateFrom(slash == 0 ? "/" : service.substring(0, slash));
        return (int) startWithDirectory.invokeExact(name, user, conversation, directory, place);
    }

    private int ask(MemorySegment handle, Arena arena) throws Throwable {
        if (!claim.host().isEmpty()) {
            int ignored = (int) pam.setItem.invokeExact(handle, ITEM_REMOTE_HOST, arena.allocateFrom(claim.host()));
        }
        // A wrong password must not hold up all others for the seconds that modules like to wait.
        int ignored = (int) pam.setItem.invokeExact(handle, ITEM_FAIL_DELAY, upcall("doNotDelay", FAIL_DELAY, arena));
        int status = (int) pam.authenticate.invokeExact(handle, DISALLOW_NULL_PASSWORD);
        return status == SUCCESS ? (int) pam.accountManagement.invokeExact(handle, DISALLOW_NULL_PASSWORD) : status;
    }

    private String text(MemorySegment handle, int status) throws Throwable {
        MemorySegment text = (MemorySegment) pam.errorText.invokeExact(handle, status);
        return text.equals(MemorySegment.NULL)
                ? "error " + status
                : text.reinterpret(1 << 10).getString(0);
    }

    private MemorySegment upcall(String method, FunctionDescriptor type, Arena arena) {
        MethodType signature = type.toMethodType();
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findVirtual(PamTransaction.class, method, signature)
                    .bindTo(this);
            return PamLibrary.upcall(target, type, arena);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /// `pam_conv`: every question that is not to be shown is for the password; PAM frees what it gets. Called by PAM on
    /// the thread that asks; nothing may be thrown through it.
    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called through its handle
    private int converse(int count, MemorySegment messages, MemorySegment answers, MemorySegment data) {
        if (count < 1 || count > MESSAGES_MAX) {
            return CONVERSATION_FAILED;
        }
        try {
            MemorySegment asked = messages.reinterpret(ValueLayout.ADDRESS.byteSize() * count);
            MemorySegment block = (MemorySegment) pam.calloc.invokeExact((long) count, RESPONSE.byteSize());
            if (block.equals(MemorySegment.NULL)) {
                return CONVERSATION_FAILED;
            }
            MemorySegment responses = block.reinterpret(RESPONSE.byteSize() * count);
            for (int i = 0; i < count; i++) {
                MemorySegment message = asked.getAtIndex(ValueLayout.ADDRESS, i).reinterpret(MESSAGE.byteSize());
                answer(message.get(INT, 0), responses.asSlice(RESPONSE.byteSize() * i, RESPONSE.byteSize()));
            }
            answers.reinterpret(ValueLayout.ADDRESS.byteSize()).set(ValueLayout.ADDRESS, 0, block);
            return SUCCESS;
        } catch (Throwable e) {
            return CONVERSATION_FAILED;
        }
    }

    private void answer(int style, MemorySegment response) throws Throwable {
        String text = switch (style) {
            case PROMPT_ECHO_OFF -> claim.password();
            case PROMPT_ECHO_ON -> claim.user();
            default -> null;
        };
        if (text != null) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment copy = (MemorySegment) pam.strdup.invokeExact(arena.allocateFrom(text));
                response.set(ValueLayout.ADDRESS, 0, copy);
            }
        }
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called through its handle
    private void doNotDelay(int status, int microseconds, MemorySegment data) {
        // that is all
    }
}
