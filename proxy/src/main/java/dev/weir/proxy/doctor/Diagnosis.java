package dev.weir.proxy.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// All findings of one run, told as they come. For one thread.
public final class Diagnosis {

    private final List<Finding> findings = new ArrayList<>();
    private final Consumer<Finding> listener;

    /// One without findings yet.
    ///
    /// @param listener hears of each finding at once
    public Diagnosis(Consumer<Finding> listener) {
        this.listener = listener;
    }

    void ok(String check, String subject, String message) {
        add(new Finding(Level.OK, check, subject, message, null));
    }

    void skip(String check, String subject, String message) {
        add(new Finding(Level.SKIP, check, subject, message, null));
    }

    void warn(String check, String subject, String message, String advice) {
        add(new Finding(Level.WARN, check, subject, message, advice));
    }

    void fail(String check, String subject, String message, String advice) {
        add(new Finding(Level.FAIL, check, subject, message, advice));
    }

    /// Adds one.
    public void add(Finding finding) {
        findings.add(finding);
        listener.accept(finding);
    }

    /// In the order in which they were made.
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /// How many are of this level.
    public long count(Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }

    /// The worst of them.
    public Level worst() {
        return findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.OK);
    }

    /// "12 good, 1 skipped, 2 warnings, 0 failures".
    public String summary() {
        return count(Level.OK) + " good, " + count(Level.SKIP) + " skipped, " + count(Level.WARN) + " warnings, "
                + count(Level.FAIL) + " failures";
    }
}
