package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Messages of a client that leave together. Parameters and results are in text format.
final class Pipeline {

    private final ByteBuf out = Unpooled.buffer();
    private int ends;

    Pipeline parse(String statement, String sql, int... oids) {
        Messages.parse(out, statement, sql, oids);
        return this;
    }

    /// Binds to the unnamed portal.
    Pipeline bind(String statement, @Nullable String... values) {
        return bindPortal("", statement, values);
    }

    Pipeline bindPortal(String portal, String statement, @Nullable String... values) {
        Messages.bind(out, portal, statement, Arrays.asList(values));
        return this;
    }

    Pipeline describeStatement(String statement) {
        Messages.describe(out, 'S', statement);
        return this;
    }

    /// Executes the unnamed portal to its end.
    Pipeline execute() {
        return execute("", 0);
    }

    Pipeline execute(String portal, int maxRows) {
        Messages.execute(out, portal, maxRows);
        return this;
    }

    /// Binds a statement and executes it.
    Pipeline run(String statement, @Nullable String... values) {
        return bind(statement, values).execute();
    }

    Pipeline closeStatement(String statement) {
        Messages.close(out, 'S', statement);
        return this;
    }

    Pipeline closePortal(String portal) {
        Messages.close(out, 'P', portal);
        return this;
    }

    Pipeline flush() {
        Messages.flush(out);
        return this;
    }

    Pipeline sync() {
        Messages.sync(out);
        ends++;
        return this;
    }

    Pipeline query(String sql) {
        Messages.query(out, sql);
        ends++;
        return this;
    }

    /// A FunctionCall with arguments in binary format.
    Pipeline functionCall(int function, byte[]... arguments) {
        Messages.functionCall(out, function, List.of(arguments));
        ends++;
        return this;
    }

    Pipeline copyData(String data) {
        Messages.copyData(out, data.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Pipeline copyDone() {
        Messages.copyDone(out);
        return this;
    }

    Pipeline copyFail(String reason) {
        Messages.copyFail(out, reason);
        return this;
    }

    /// How many ReadyForQuery answer it.
    int ends() {
        return ends;
    }

    ByteBuf bytes() {
        return out;
    }
}
