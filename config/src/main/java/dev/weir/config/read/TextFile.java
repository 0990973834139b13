package dev.weir.config.read;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads small files whole, as strict UTF-8 and within a limit.
public final class TextFile {
    /// More than any hand or generator writes as configuration: some hundred thousand lines, read in seconds.
    public static final int CONFIG_BYTES_MAX = 4 << 20;

    /// Room for half a million users.
    public static final int USER_LIST_BYTES_MAX = 64 << 20;

    /// A password and its line end.
    public static final int PASSWORD_BYTES_MAX = 70_000;

    private TextFile() {}

    /// The file's text.
    ///
    /// @throws UnreadableFile if there is no such file, it is none, is larger than `maxBytes` or not UTF-8
    public static String read(Path file, int maxBytes) throws UnreadableFile {
        byte[] bytes = bytes(file, maxBytes);
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new UnreadableFile("not valid UTF-8", 1 + count(bytes, in.position()));
        }
        String text = out.flip().toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /// The file's text, one char for each byte: for files whose meaning is in ASCII and whose comments do not count.
    ///
    /// @throws UnreadableFile if there is no such file, it is none or is larger than `maxBytes`
    public static String readLatin1(Path file, int maxBytes) throws UnreadableFile {
        return new String(bytes(file, maxBytes), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(Path file, int maxBytes) throws UnreadableFile {
        if (Files.isDirectory(file)) {
            throw new UnreadableFile("is a directory, not a file");
        }
        // Read through a limit instead of asking for the size: a pipe or a device has none.
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new UnreadableFile("larger than " + maxBytes + " bytes");
            }
            return bytes;
        } catch (NoSuchFileException _) {
            throw new UnreadableFile("no such file");
        } catch (AccessDeniedException _) {
            throw new UnreadableFile("permission denied");
        } catch (IOException e) {
            throw new UnreadableFile("cannot be read: " + e.getMessage());
        }
    }

    private static int count(byte[] bytes, int end) {
        int lines = 0;
        for (int i = 0; i < end; i++) {
            if (bytes[i] == '\n') {
                lines++;
            }
        }
        return lines;
    }
}
