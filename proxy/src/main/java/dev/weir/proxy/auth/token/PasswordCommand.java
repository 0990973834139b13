package dev.weir.proxy.auth.token;

import dev.weir.config.Secret;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one `password_command`: what it prints is the password. Its errors go to the log, without what it printed.
final class PasswordCommand {
    private static final Logger LOGGER = LoggerFactory.getLogger(PasswordCommand.class);

    /// The longest password that a login can carry.
    private static final int OUTPUT_BYTES_MAX = 65_000;

    private static final int ERRORS_BYTES_MAX = 4_096;
    private static final int ERRORS_SHOWN_MAX = 1_000;

    private PasswordCommand() {}

    /// The password. Blocks until the command has ended, or is killed.
    static Secret run(String command, Duration limit) throws CommandFailed {
        Process process;
        try {
            process = new ProcessBuilder("/bin/sh", "-c", command)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .start();
        } catch (IOException e) {
            throw new CommandFailed("cannot be run: " + e.getMessage());
        }
        ProcessOutput output = new ProcessOutput(process.getInputStream(), OUTPUT_BYTES_MAX + 1);
        ProcessOutput errors = new ProcessOutput(process.getErrorStream(), ERRORS_BYTES_MAX);
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new CommandFailed("runs for longer than " + limit.toMillis() + " ms");
            }
            byte[] printed = output.afterEnd();
            logErrors(errors.afterEnd(), printed);
            if (process.exitValue() != 0) {
                throw new CommandFailed("ended with status " + process.exitValue());
            }
            return password(printed);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static Secret password(byte[] printed) throws CommandFailed {
        if (printed.length > OUTPUT_BYTES_MAX) {
            throw new CommandFailed("printed more than " + OUTPUT_BYTES_MAX + " bytes");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(printed))
                    .toString()
                    .strip();
        } catch (CharacterCodingException _) {
            throw new CommandFailed("printed something that is not UTF-8");
        }
        if (text.isEmpty()) {
            throw new CommandFailed("printed nothing");
        }
        if (text.indexOf('\n') >= 0 || text.indexOf('\0') >= 0) {
            throw new CommandFailed("printed more than one line, or a NUL");
        }
        return new Secret(text);
    }

    private static void logErrors(byte[] errors, byte[] printed) {
        String said = new String(errors, StandardCharsets.UTF_8).strip();
        String secret = new String(printed, StandardCharsets.UTF_8).strip();
        if (!said.isEmpty()) {
            String shown = secret.isEmpty() ? said : said.replace(secret, "***");
            LOGGER.warn(
                    "password_command: {}",
                    shown.length() <= ERRORS_SHOWN_MAX ? shown : shown.substring(0, ERRORS_SHOWN_MAX) + "…");
        }
    }
}
