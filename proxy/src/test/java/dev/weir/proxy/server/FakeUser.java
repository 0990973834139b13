package dev.weir.proxy.server;

import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionFacts;
import dev.weir.proxy.state.SessionSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a server connection hands to its user. */
public class FakeUser implements ServerUser {

    protected final List<String> events = new ArrayList<>();
    final StringBuilder answers = new StringBuilder();
    SessionSettings settings = SessionSettings.NONE;
    boolean proven = true;

    /** What it does when the server has come to rest. */
    Runnable onIdle = () -> {};

    @Override
    public SessionSettings settings() {
        return settings;
    }

    @Override
    public boolean settingsProven() {
        return proven;
    }

    @Override
    public void onSettingsApplied(ReportedParameters reported, boolean changed) {
        events.add("settings applied" + (changed ? " (changed)" : ""));
    }

    @Override
    public void onSettingsRefused(SettingsRefusal refusal) {
        events.add("settings refused: " + refusal.error().message() + " " + refusal.kind());
    }

    @Override
    public void onAnswer(ByteBuf run) {
        answers.append(ByteBufUtil.hexDump(run));
        run.release();
    }

    @Override
    public void onAnswersEnd() {}

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void onParameterStatus(String name, String value, ReportedParameters reported) {
        events.add("reported " + name + "=" + value + "/" + reported.find(name));
    }

    @Override
    public boolean wantsNotifications() {
        return true;
    }

    @Override
    public void onSessionProbed(SessionFacts found) {
        events.add("session holds " + found.settings() + found.pins());
    }

    @Override
    public void onSessionDiscarded(String tag) {
        events.add("discarded by " + tag);
    }

    @Override
    public void onReadyForQuery(byte transactionStatus) {
        events.add("ready " + (char) transactionStatus);
    }

    @Override
    public void onServerIdle() {
        events.add("server idle");
        onIdle.run();
    }

    @Override
    public void onServerWritable() {}

    @Override
    public void onServerLost(String reason, boolean told) {
        events.add("lost: " + reason + (told ? " (told)" : ""));
    }
}
