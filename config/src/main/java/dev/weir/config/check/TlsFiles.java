package dev.weir.config.check;

import dev.weir.config.ChannelBinding;
import dev.weir.config.Origin;
import dev.weir.config.SslMode;
import dev.weir.config.TlsNegotiation;
import dev.weir.config.read.FileLookup;
import dev.weir.config.read.TextFile;
import dev.weir.config.read.UnreadableFile;
import dev.weir.config.setting.HttpSettings;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.SettingValues;
import dev.weir.config.setting.TlsSettings;
import dev.weir.config.tls.BadTlsFile;
import dev.weir.config.tls.Certificates;
import dev.weir.config.tls.CipherList;
import dev.weir.config.tls.KeyExchangeGroup;
import dev.weir.config.tls.PrivateKeys;
import dev.weir.config.tls.TlsConfig;
import dev.weir.config.tls.TlsIdentity;
import dev.weir.config.tls.TlsSide;
import dev.weir.config.tls.TlsVersion;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes the TLS settings into what they mean, with the keys and certificates in the files they name. Blocks while it
/// reads.
final class TlsFiles {
    /// Room for every authority that the web knows, many times over.
    private static final int FILE_BYTES_MAX = 16 << 20;

    /// What is read out of a file.
    @FunctionalInterface
    private interface Content<T> {
        T of(String pem) throws BadTlsFile;
    }

    private final SettingValues values;
    private final FileLookup files;
    private final Function<Setting<?>, Origin> origins;
    private final Problems problems;

    private TlsFiles(SettingValues values, FileLookup files, Function<Setting<?>, Origin> origins, Problems problems) {
        this.values = values;
        this.files = files;
        this.origins = origins;
        this.problems = problems;
    }

    /// @param origins where each setting is written
    static TlsConfig read(
            SettingValues values, FileLookup files, Function<Setting<?>, Origin> origins, Problems problems) {
        TlsFiles tls = new TlsFiles(values, files, origins, problems);
        return new TlsConfig(
                tls.clients(),
                tls.servers(),
                tls.towards(values.get(TlsSettings.PEER_TLS_SSLMODE)),
                tls.identity(HttpSettings.HTTP_TLS_KEY_FILE, HttpSettings.HTTP_TLS_CERT_FILE));
    }

    private TlsSide clients() {
        SslMode mode = values.get(TlsSettings.CLIENT_TLS_SSLMODE);
        if (mode == SslMode.DISABLE) {
            return TlsSide.OFF;
        }
        require(TlsSettings.CLIENT_TLS_KEY_FILE, TlsSettings.CLIENT_TLS_SSLMODE, mode);
        require(TlsSettings.CLIENT_TLS_CERT_FILE, TlsSettings.CLIENT_TLS_SSLMODE, mode);
        if (mode.compareTo(SslMode.VERIFY_CA) >= 0) {
            require(TlsSettings.CLIENT_TLS_CA_FILE, TlsSettings.CLIENT_TLS_SSLMODE, mode);
        }
        return new TlsSide(
                mode,
                TlsVersion.parse(values.get(TlsSettings.CLIENT_TLS_PROTOCOLS)),
                CipherList.parse(values.get(TlsSettings.CLIENT_TLS_CIPHERS)),
                CipherList.parseTls13(values.get(TlsSettings.CLIENT_TLS13_CIPHERS)),
                KeyExchangeGroup.parse(values.get(TlsSettings.CLIENT_TLS_ECDHCURVE)),
                identity(TlsSettings.CLIENT_TLS_KEY_FILE, TlsSettings.CLIENT_TLS_CERT_FILE),
                authorities(mode, TlsSettings.CLIENT_TLS_CA_FILE));
    }

    private TlsSide servers() {
        SslMode mode = values.get(TlsSettings.SERVER_TLS_SSLMODE);
        boolean direct = values.get(TlsSettings.SERVER_TLS_NEGOTIATION) == TlsNegotiation.DIRECT;
        if (direct && mode.compareTo(SslMode.REQUIRE) < 0) {
            problems.add(Problem.error(
                    origins.apply(TlsSettings.SERVER_TLS_NEGOTIATION),
                    TlsSettings.SERVER_TLS_NEGOTIATION.name(),
                    "direct cannot be done with server_tls_sslmode " + mode.text() + ", only from require up"));
        }
        boolean bound = values.get(TlsSettings.SERVER_TLS_CHANNEL_BINDING) == ChannelBinding.REQUIRE;
        if (bound && mode.compareTo(SslMode.REQUIRE) < 0) {
            problems.add(Problem.error(
                    origins.apply(TlsSettings.SERVER_TLS_CHANNEL_BINDING),
                    TlsSettings.SERVER_TLS_CHANNEL_BINDING.name(),
                    "require cannot be done with server_tls_sslmode " + mode.text() + ", only from require up"));
        }
        return towards(mode);
    }

    /// What the settings for servers say, for those who are asked for TLS by `mode`.
    private TlsSide towards(SslMode mode) {
        if (mode == SslMode.DISABLE) {
            return TlsSide.OFF;
        }
        return new TlsSide(
                mode,
                TlsVersion.parse(values.get(TlsSettings.SERVER_TLS_PROTOCOLS)),
                CipherList.parse(values.get(TlsSettings.SERVER_TLS_CIPHERS)),
                CipherList.parseTls13(values.get(TlsSettings.SERVER_TLS13_CIPHERS)),
                KeyExchangeGroup.parse("auto"),
                identity(TlsSettings.SERVER_TLS_KEY_FILE, TlsSettings.SERVER_TLS_CERT_FILE),
                authorities(mode, TlsSettings.SERVER_TLS_CA_FILE));
    }

    private void require(Setting<String> file, Setting<SslMode> by, SslMode mode) {
        if (values.get(file).isEmpty()) {
            problems.add(Problem.error(origins.apply(by), by.name(), mode.text() + " needs " + file.name()));
        }
    }

    private @Nullable TlsIdentity identity(Setting<String> keyFile, Setting<String> certFile) {
        boolean hasKey = !values.get(keyFile).isEmpty();
        boolean hasCertificate = !values.get(certFile).isEmpty();
        if (hasKey != hasCertificate) {
            Setting<String> given = hasKey ? keyFile : certFile;
            Setting<String> missing = hasKey ? certFile : keyFile;
            problems.add(Problem.error(origins.apply(given), given.name(), "is of no use without " + missing.name()));
        }
        PrivateKey key = read(keyFile, PrivateKeys::read);
        List<X509Certificate> chain = read(certFile, Certificates::read);
        if (key == null || chain == null) {
            return null;
        }
        TlsIdentity identity = new TlsIdentity(key, chain);
        if (!PrivateKeys.match(key, identity.certificate().getPublicKey())) {
            problems.add(Problem.error(
                    origins.apply(keyFile),
                    keyFile.name(),
                    values.get(keyFile) + " is not the key of the certificate in " + values.get(certFile)));
        }
        warnOfDates(certFile, identity.certificate());
        return identity;
    }

    private void warnOfDates(Setting<String> file, X509Certificate certificate) {
        Instant now = Instant.now();
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        if (now.isAfter(to) || now.isBefore(from)) {
            problems.add(Problem.warning(
                    origins.apply(file),
                    file.name(),
                    "the certificate in " + values.get(file)
                            + (now.isAfter(to) ? " expired at " + to : " is not valid before " + from)));
        }
    }

    private List<X509Certificate> authorities(SslMode mode, Setting<String> file) {
        if (mode.compareTo(SslMode.VERIFY_CA) < 0) {
            return List.of();
        }
        List<X509Certificate> authorities = read(file, Certificates::read);
        return authorities == null ? List.of() : authorities;
    }

    private <T> @Nullable T read(Setting<String> file, Content<T> content) {
        String name = values.get(file);
        if (name.isEmpty()) {
            return null;
        }
        try {
            Path path = files.find(name);
            return content.of(TextFile.readLatin1(path, FILE_BYTES_MAX));
        } catch (UnreadableFile e) {
            problems.add(Problem.error(origins.apply(file), file.name(), name + ": " + e.reason()));
        } catch (BadTlsFile e) {
            problems.add(Problem.error(origins.apply(file), file.name(), name + ": " + e.reason()));
        }
        return null;
    }
}
