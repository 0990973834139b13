package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LingeringCloseTest {

    private static ByteBuf lastWord() {
        return Unpooled.copiedBuffer("last word", StandardCharsets.US_ASCII);
    }

    @Test
    void theSendingSideIsClosedBehindTheMessageAndTheRestASecondLater() {
        HalfClosable channel = new HalfClosable();
        channel.freezeTime();
        channel.config().setAutoRead(false);

        LingeringClose.after(channel, lastWord());

        ByteBuf sent = channel.readOutbound();
        assertThat(sent.toString(StandardCharsets.US_ASCII)).isEqualTo("last word");
        sent.release();
        assertThat(channel.outputShutdown).isTrue();
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.config().isAutoRead())
                .as("what still arrives is thrown away")
                .isTrue();
        channel.advanceTimeBy(999, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aPeerThatClosesFirstNeedsNoWait() {
        HalfClosable channel = new HalfClosable();
        channel.freezeTime();
        LingeringClose.after(channel, lastWord());

        channel.close();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();

        assertThat(channel.isOpen()).isFalse();
        channel.checkException();
        channel.releaseOutbound();
    }

    @Test
    void aMessageThatCannotBeSentEndsTheConnection() {
        HalfClosable channel = new HalfClosable();
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                ((ByteBuf) message).release();
                promise.setFailure(new IOException("broken pipe"));
            }
        });

        LingeringClose.after(channel, lastWord());

        assertThat(channel.outputShutdown).isFalse();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aPeerThatReadsNothingIsNotWaitedForEither() {
        HalfClosable channel = new HalfClosable();
        channel.freezeTime();
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                ((ByteBuf) message).release(); // and nothing ever becomes of it
            }
        });

        LingeringClose.after(channel, lastWord());

        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aChannelWithoutTwoSidesIsClosedBehindTheMessage() {
        EmbeddedChannel channel = new EmbeddedChannel();

        LingeringClose.after(channel, lastWord());

        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.releaseOutbound()).isTrue();
    }

    /** A channel whose sending side can be closed alone. */
    private static final class HalfClosable extends EmbeddedChannel implements DuplexChannel {

        private boolean outputShutdown;

        @Override
        public boolean isInputShutdown() {
            return false;
        }

        @Override
        public ChannelFuture shutdownInput() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ChannelFuture shutdownInput(ChannelPromise promise) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOutputShutdown() {
            return outputShutdown;
        }

        @Override
        public ChannelFuture shutdownOutput() {
            return shutdownOutput(newPromise());
        }

        @Override
        public ChannelFuture shutdownOutput(ChannelPromise promise) {
            outputShutdown = true;
            return promise.setSuccess();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public ChannelFuture shutdown() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ChannelFuture shutdown(ChannelPromise promise) {
            throw new UnsupportedOperationException();
        }
    }
}
