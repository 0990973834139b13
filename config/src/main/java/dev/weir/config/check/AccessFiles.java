package dev.weir.config.check;

import dev.weir.config.AuthType;
import dev.weir.config.Origin;
import dev.weir.config.access.AccessRules;
import dev.weir.config.access.HbaRule;
import dev.weir.config.access.HbaRules;
import dev.weir.config.access.IdentMaps;
import dev.weir.config.read.FileLookup;
import dev.weir.config.read.HbaReader;
import dev.weir.config.read.IdentReader;
import dev.weir.config.read.SyntaxProblem;
import dev.weir.config.read.TextFile;
import dev.weir.config.read.UnreadableFile;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.Setting;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `auth_hba_file` and `auth_ident_file`. A rule that cannot be read is an error, not passed over: it might be
/// the one that keeps somebody out.
record AccessFiles(Path config, FileLookup files, Problems problems) {
    private record Text(Path path, String text) {}

    AccessRules read(CheckedValues global) {
        boolean inForce = global.values().get(AuthSettings.AUTH_TYPE) == AuthType.HBA;
        HbaRules rules = hba(global, inForce ? Severity.ERROR : Severity.WARNING);
        IdentMaps maps = maps(global);
        rules.rules().forEach(rule -> map(rule, maps));
        return new AccessRules(rules, maps);
    }

    private HbaRules hba(CheckedValues global, Severity severity) {
        Text text = text(global, AuthSettings.AUTH_HBA_FILE, severity);
        if (text == null) {
            return HbaRules.NONE;
        }
        HbaReader.Result result = HbaReader.read(text.path(), text.text());
        report(result.problems(), severity);
        // With holes in it the file would let in, or keep out, whom it does not mean.
        return result.problems().isEmpty() ? result.rules() : HbaRules.NONE;
    }

    private IdentMaps maps(CheckedValues global) {
        Text text = text(global, AuthSettings.AUTH_IDENT_FILE, Severity.ERROR);
        if (text == null) {
            return IdentMaps.NONE;
        }
        IdentReader.Result result = IdentReader.read(text.path().toString(), text.text());
        report(result.problems(), Severity.ERROR);
        return result.maps();
    }

    private void map(HbaRule rule, IdentMaps maps) {
        if (!rule.map().isEmpty() && !maps.maps().containsKey(rule.map())) {
            problems.add(Problem.warning(
                    rule.origin(), null, "auth_ident_file has no map " + rule.map() + ": nobody gets in by this line"));
        }
    }

    private @Nullable Text text(CheckedValues global, Setting<String> setting, Severity severity) {
        String name = global.values().get(setting);
        if (name.isEmpty()) {
            return null;
        }
        try {
            Path path = files.find(name);
            return new Text(path, TextFile.read(path, TextFile.CONFIG_BYTES_MAX));
        } catch (UnreadableFile e) {
            Origin origin = global.originOf(setting, Origin.wholeFile(config.toString()));
            problems.add(new Problem(severity, origin, setting.name(), null, name + ": " + e.reason(), null, null));
            return null;
        }
    }

    private void report(List<SyntaxProblem> found, Severity severity) {
        found.forEach(problem -> problems.add(Problem.of(severity, problem)));
    }
}
