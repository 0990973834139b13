package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.ProtocolViolation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Runs the checks at one target after another.
public final class Conformance {

    private static final List<CheckGroup> GROUPS = List.of(
            PreparedStatementChecks.group(),
            PreparedFailureChecks.group(),
            SqlPrepareChecks.group(),
            SettingChecks.group(),
            SettingOriginChecks.group(),
            StartupChecks.group(),
            NotifyChecks.group(),
            AdvisoryLockChecks.group(),
            TemporaryTableChecks.group(),
            CursorChecks.group(),
            CopyChecks.group(),
            PipelineChecks.group(),
            TransactionChecks.group(),
            OtherStateChecks.group(),
            MaintenanceChecks.group());

    private Conformance() {}

    /// All checks there are.
    public static List<CheckGroup> groups() {
        return GROUPS;
    }

    /// All checks there are, without their groups.
    public static List<Check> checks() {
        return GROUPS.stream().flatMap(group -> group.checks().stream()).toList();
    }

    /// Runs checks, which takes some hundredths of a second for each, and seconds for one that fails by silence.
    ///
    /// @param checks which
    /// @param progress hears of each check when it has ended
    /// @throws ConformanceFailed if clients cannot log in there, or may not create a schema
    public static Column run(Target target, List<Check> checks, BiConsumer<Check, Outcome> progress)
            throws ConformanceFailed {
        Map<Check, Outcome> outcomes = new LinkedHashMap<>();
        probe(target);
        for (Check check : checks) {
            Outcome outcome = outcome(target, check);
            outcomes.put(check, outcome);
            progress.accept(check, outcome);
        }
        sweep(target);
        return new Column(target.label(), outcomes);
    }

    private static void probe(Target target) throws ConformanceFailed {
        try (Rivals rivals = new Rivals(target)) {
            Stage.set(target, rivals).close();
        } catch (CheckFailed | ProtocolViolation e) {
            throw new ConformanceFailed("%s cannot be checked: %s".formatted(target.label(), e.getMessage()), e);
        }
    }

    private static void sweep(Target target) throws ConformanceFailed {
        try (Session sweeper = Session.open(target, Map.of(), null)) {
            sweeper.run("DROP SCHEMA IF EXISTS weir_check CASCADE");
        } catch (CheckFailed | ProtocolViolation e) {
            throw new ConformanceFailed(
                    "the schema weir_check is left at %s: %s".formatted(target.label(), e.getMessage()), e);
        }
    }

    private static Outcome outcome(Target target, Check check) {
        try (Rivals rivals = new Rivals(target);
                Stage stage = Stage.set(target, rivals)) {
            check.body().run(stage);
            return new Outcome.Passed();
        } catch (NotApplicable e) {
            return new Outcome.Skipped(oneLine(e));
        } catch (CheckFailed | ProtocolViolation e) {
            return new Outcome.Failed(oneLine(e));
        }
    }

    private static String oneLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    }
}
