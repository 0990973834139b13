package dev.weir.proxy.client;

import dev.weir.proxy.insight.RunningStatement;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.trace.TraceContext;
import dev.weir.proxy.trace.TraceParent;
import dev.weir.proxy.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for that stands in line and has sent nothing to a server yet: read only when its wait was in vain.
 * Confined to the client's event loop.
 */
final class HeldRequest implements MessageFramer.Watcher {

    private final ClientSession session;
    private final RunningStatement running = new RunningStatement();
    private @Nullable TraceContext context;

    private HeldRequest(ClientSession session) {
        this.session = session;
    }

    static HeldRequest of(ClientSession session) {
        HeldRequest held = new HeldRequest(session);
        session.inbound().showHeld(held);
        return held;
    }

    /** The trace that it belongs to; null for none. */
    @Nullable
    TraceContext context() {
        return context;
    }

    /** The statement, which does not run. */
    RunningStatement running() {
        return running;
    }

    @Override
    public void onPiece(ByteBuf in, int start, int length, boolean last) {
        switch (in.getByte(start - MessageFramer.HEADER_BYTES)) {
            case FrontendType.QUERY -> text(in, start, length);
            case FrontendType.PARSE -> {
                int name = LoopTraces.textLength(in, start, length);
                text(in, start + name + 1, length - name - 1);
            }
            case FrontendType.BIND -> {
                int portal = LoopTraces.textLength(in, start, length);
                int name = LoopTraces.textLength(in, start + portal + 1, length - portal - 1);
                bind(in, start + portal + 1, name);
            }
            default -> {}
        }
    }

    private void text(ByteBuf in, int start, int length) {
        int text = LoopTraces.textLength(in, start, length);
        context = TraceParent.in(in, start, text);
        running.keep(in, start, text, session.profile().insight().textBytes(), session.dialect());
    }

    private void bind(ByteBuf in, int start, int name) {
        PreparedStatement statement = name == 0 ? null : session.open().peek(in, start, name);
        context = session.tracing().prepared(statement == null ? session.open().unnamed() : statement);
        running.bind(statement, statement == null ? session.open().unnamed() : null, session.dialect());
    }
}
