package dev.weir.config.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The blocks of a PEM file (RFC 7468); what stands between them does not count. Stateless.
final class Pem {
    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN ([A-Z0-9 ]+)-----\\s*([^-]*(?:-(?!----END)[^-]*)*)-----END \\1-----", Pattern.DOTALL);

    /// One block.
    ///
    /// @param label such as `CERTIFICATE`
    /// @param content decoded
    /// @param encrypted whether headers of the old kind say that the content is
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Block(String label, byte[] content, boolean encrypted) {
        /// The label only.
        @Override
        public String toString() {
            return label;
        }
    }

    private Pem() {}

    /// All blocks in order.
    ///
    /// @throws BadTlsFile if one is not Base64
    static List<Block> read(String text) throws BadTlsFile {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            String label = matcher.group(1);
            String body = matcher.group(2);
            if (body.contains("ENCRYPTED")) {
                blocks.add(new Block(label, new byte[0], true));
                continue;
            }
            try {
                blocks.add(new Block(label, Base64.getMimeDecoder().decode(body.strip()), false));
            } catch (IllegalArgumentException _) {
                throw new BadTlsFile("the block " + label + " is not Base64");
            }
        }
        return blocks;
    }
}
