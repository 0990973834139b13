package dev.weir.proxy.cli;

import dev.weir.proxy.Version;
import picocli.CommandLine.IVersionProvider;

/// What `--version` prints: Weir's version first, then one line for each part that a bug report should name.
final class VersionLines implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            Version.nameAndNumber(), "java: " + Version.java(), "netty: " + Version.netty(), "tls: " + Version.tls()
        };
    }
}
