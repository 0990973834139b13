package dev.weir.proxy.relay;

import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The walk over what a server sends for one query: rows that pass, the messages around them that are shown.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class MessageFramerBenchmark {

    /// Rows of the answer.
    @Param({"1", "100"})
    public int rows;

    private final byte[] verdicts = new byte[256];

    @SuppressWarnings("NullAway.Init") // JMH or the set-up sets it
    private MessageFramer framer;

    @SuppressWarnings("NullAway.Init") // JMH or the set-up sets it
    private ByteBuf answer;

    private int seen;

    /// Makes an answer.
    @Setup
    public void answer() {
        for (char type : new char[] {'T', 'C', 'Z', 'E'}) {
            verdicts[type] = MessageFramer.ASK;
        }
        answer = PooledByteBufAllocator.DEFAULT.directBuffer();
        Messages.rowDescription(answer, List.of("abalance"), 23);
        for (int i = 0; i < rows; i++) {
            Messages.dataRow(answer, List.of("12345"));
        }
        Messages.commandComplete(answer, "SELECT " + rows);
        Messages.readyForQuery(answer, TransactionStatus.IDLE);
        framer = new MessageFramer(
                new MessageSink() {
                    @Override
                    public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
                        seen += type;
                        return FORWARD;
                    }

                    @Override
                    public void onRun(ByteBuf run) {
                        run.release();
                    }
                },
                PooledByteBufAllocator.DEFAULT,
                verdicts);
    }

    /// One walk.
    @Benchmark
    public int walk() {
        framer.read(answer.readerIndex(0).retain());
        return seen;
    }

    /// Lets go of it.
    @TearDown
    public void letGo() {
        framer.release();
        answer.release();
    }
}
