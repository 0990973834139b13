package dev.weir.config.check;

import dev.weir.config.Origin;
import dev.weir.config.Secret;
import dev.weir.config.read.FileLookup;
import dev.weir.config.read.PasswordFile;
import dev.weir.config.read.UnreadableFile;
import dev.weir.config.setting.AlertSettings;
import dev.weir.config.setting.HttpSettings;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.TraceSettings;
import java.util.List;

/// Secrets that stand in files of their own: the first line of one becomes the value of the setting beside it. Reads
/// files
/// and thus blocks.
record SecretFile(Setting<String> file, Setting<Secret> secret) {
    private static final List<SecretFile> GLOBAL = List.of(
            new SecretFile(HttpSettings.HTTP_BEARER_TOKEN_FILE, HttpSettings.HTTP_BEARER_TOKEN),
            new SecretFile(HttpSettings.HTTP_PASSWORD_FILE, HttpSettings.HTTP_PASSWORD),
            new SecretFile(AlertSettings.ALERT_WEBHOOK_URL_FILE, AlertSettings.ALERT_WEBHOOK_URL),
            new SecretFile(TraceSettings.OTLP_HEADERS_FILE, TraceSettings.OTLP_HEADERS));

    /// The global values with all secrets that stand in files.
    static CheckedValues readGlobal(CheckedValues global, Origin whole, FileLookup files, Problems problems) {
        CheckedValues read = global;
        for (SecretFile each : GLOBAL) {
            read = each.read(read, "", whole, files, problems);
        }
        return read;
    }

    /// The values with the secret in place, or as they were where there is no file or a problem with it.
    ///
    /// @param prefix what stands before the setting's name where a problem is told
    /// @param place where the values are written
    CheckedValues read(CheckedValues checked, String prefix, Origin place, FileLookup files, Problems problems) {
        String name = checked.values().get(file);
        if (name.isEmpty()) {
            return checked;
        }
        Origin origin = checked.originOf(file, place);
        String key = prefix + file.name();
        if (checked.values().has(secret)) {
            problems.add(
                    Problem.error(origin, key, secret.name() + " is given as well; only one of the two can count"));
            return checked;
        }
        try {
            return checked.with(checked.values().with(secret, PasswordFile.read(files.find(name))));
        } catch (UnreadableFile e) {
            problems.add(Problem.error(origin, key, name + ": " + e.reason()));
            return checked;
        }
    }
}
