package dev.weir.proxy.client;

import dev.weir.config.setting.AuthSettings;
import dev.weir.proxy.cancel.CancelKey;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.StartupPacket;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** Begins the session of a client that has proved who it is: AuthenticationOk, parameters, cancel key, ReadyForQuery. */
final class ClientWelcome {

    private static final int PROTOCOL_3_2 = 3 << 16 | 2;

    private ClientWelcome() {}

    /**
     * NegotiateProtocolVersion where the client wishes for more than there is.
     *
     * @return the minor version that is spoken
     */
    static int negotiate(StartupPacket.Startup startup, Channel channel) {
        int minor = Math.min(startup.minor(), PROTOCOL_3_2 & 0xffff);
        if (startup.protocol() > PROTOCOL_3_2
                || !startup.unrecognisedProtocolOptions().isEmpty()) {
            ByteBuf out = channel.alloc().buffer(64);
            Messages.negotiateProtocolVersion(out, 3 << 16 | minor, startup.unrecognisedProtocolOptions());
            channel.write(out);
        }
        return minor;
    }

    static ClientSession begin(
            ClientLoginResult login,
            ClientServices services,
            Worker worker,
            Channel channel,
            Pool pool,
            ClientAdmission admission) {
        ReportedParameters serversOwn = pool.welcome();
        ReportedParameters welcome = (serversOwn == null ? ReportedParameters.NONE : serversOwn).with(login.settings());
        ClientSession session;
        do {
            CancelKey key = services.cancelKeys().create(login.protocolMinor());
            session = new ClientSession(login, services, worker, channel, pool, welcome, admission, key);
        } while (!services.cancelKeys().add(session));
        pool.clients().incrementAndGet();
        pool.shard(worker).counters().clientLogins++;
        services.clients().onSessionBegin(worker, session);

        ByteBuf out = channel.alloc().buffer(512);
        Messages.authenticationOk(out);
        welcome.forEach((name, value) -> Messages.parameterStatus(out, name, value));
        CancelKey key = session.cancelKey();
        Messages.backendKeyData(out, key.pid(), key.secret());
        String notice = services.config().get(AuthSettings.LOGIN_NOTIFY_MESSAGE);
        if (!notice.isEmpty()) {
            Messages.noticeResponse(out, notice);
        }
        Messages.readyForQuery(out, TransactionStatus.IDLE);
        channel.writeAndFlush(out);
        if (services.isSuspended()) {
            ClientRest.settle(session);
        }
        return session;
    }
}
