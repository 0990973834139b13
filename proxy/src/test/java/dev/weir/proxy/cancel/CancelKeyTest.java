package dev.weir.proxy.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes of cancel keys as PgBouncer lays them out, so that the two can be peers.
final class CancelKeyTest {

    /// What a client gets, and a peer: the body of BackendKeyData, and what follows the code of a CancelRequest.
    private static byte[] bytes(CancelKey key) {
        ByteBuf out = Unpooled.buffer();
        Messages.cancelRequest(out, key.pid(), key.secret());
        byte[] packet = ByteBufUtil.getBytes(out);
        byte[] body = Arrays.copyOfRange(packet, 8, packet.length);
        assertThat(packet).isEqualTo(Frontend.cancelRequest(body));
        return body;
    }

    private static CancelKey of(byte... bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int pid = in.getInt();
        byte[] secret = new byte[in.remaining()];
        in.get(secret);
        return new CancelKey(pid, secret);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 255, 256, 258, 16383})
    void aPeersKeysBearItsIdInTheSecondAndThirdByteLowByteFirst(int id) {
        CancelKeys keys = new CancelKeys(new SecureRandom(), () -> id);
        for (int minor = 0; minor <= 2; minor += 2) {
            CancelKey key = keys.create(minor);
            byte[] bytes = bytes(key);
            assertThat(bytes[0]).isNotNegative();
            assertThat(bytes[1]).isEqualTo((byte) id);
            assertThat(bytes[2]).isEqualTo((byte) (id >> 8));
            assertThat(bytes[7] & 3).isEqualTo(3);
            assertThat(key.peerId()).isEqualTo(id);
            assertThat(key.hops()).isEqualTo(3);
        }
    }

    @Test
    void aPeersKeyIsReadInPgBouncersLayout() {
        CancelKey key =
                of((byte) 0x7a, (byte) 0x34, (byte) 0x12, (byte) 0xff, (byte) 9, (byte) 8, (byte) 7, (byte) 0xfe);
        assertThat(key.peerId()).isEqualTo(0x1234);
        assertThat(key.hops()).isEqualTo(2);
        assertThat(bytes(key.withHops(1))).containsExactly(0x7a, 0x34, 0x12, (byte) 0xff, 9, 8, 7, (byte) 0xfd);
        assertThat(bytes(key.asGiven())).containsExactly(0x7a, 0x34, 0x12, (byte) 0xff, 9, 8, 7, (byte) 0xff);
    }

    @Test
    void hopsOfALongKeyAreCountedInTheSamePlace() {
        CancelKey key = new CancelKeys(new SecureRandom(), () -> 5).create(2);
        byte[] given = bytes(key);
        byte[] passedOn = bytes(key.withHops(0));
        assertThat(passedOn).hasSameSizeAs(given);
        assertThat(passedOn[7]).isEqualTo((byte) (given[7] & ~3));
        passedOn[7] |= 3;
        assertThat(passedOn).isEqualTo(given);
    }
}
