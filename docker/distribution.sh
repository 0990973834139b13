#!/bin/sh
# Makes of a distribution what the image holds: a Java runtime of its own, the libraries of this platform, and a recorded
# start. Run by the Dockerfile, where nothing but the JDK is there.
#
#   distribution.sh DISTRIBUTION TARGET      with JAVA_HOME set to the JDK; TARGET is where it will be run from
set -eu

distribution=$1
target=$2
java=$target/java

# What `weir run` and `weir loadtest` use; a test compares it with what their classes need.
modules=java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.security.sasl,java.sql,jdk.httpserver,jdk.jcmd,jdk.jfr,jdk.management,jdk.security.auth,jdk.unsupported

mkdir -p "$target/lib" "$target/native"
cp -p "$distribution/weir" "$distribution/jvm.options" "$distribution/LICENSE" "$distribution/.built" "$target"
cp -p "$distribution"/lib/*.jar "$target/lib"
cp -Rp "$distribution/lib/loadtest" "$target/lib/loadtest"

case $(uname -m) in
    aarch64 | arm64) platform=linux-aarch_64 ;;
    *) platform=linux-x86_64 ;;
esac
for jar in "$target"/lib/*-osx-*.jar "$target"/lib/*-linux-*.jar; do
    case $jar in
        *"-$platform.jar") ;;
        *) rm -f "$jar" ;;
    esac
done

# Netty would unpack its libraries into /tmp, where a container may write but often not execute.
for jar in "$target"/lib/*-"$platform".jar; do
    (cd "$target/native" && "$JAVA_HOME/bin/jar" --extract --file "$jar" META-INF/native)
done
find "$target/native/META-INF" -name '*.so' -exec mv {} "$target/native" \;
rm -rf "$target/native/META-INF"
printf '\n# The native libraries, unpacked.\n%s\n' "-Djava.library.path=$target/native" >>"$target/jvm.options"

"$JAVA_HOME/bin/jlink" --add-modules "$modules" --no-header-files --no-man-pages --strip-debug --compress zip-6 \
    --output "$java"

# A start with no listener but a Unix socket; the JVM keeps what it had to load and link for it.
work=$(mktemp -d)
printf '%s\n' '[weir]' 'listen_addr = []' "unix_socket_dir = \"$work\"" 'auth_type = "any"' \
    'console_listen_port = 0' 'metrics_listen_port = 0' >"$work/weir.toml"
: >"$work/log"
WEIR_JAVA_HOME=$java WEIR_JAVA_OPTS=-XX:AOTCacheOutput=$target/weir.aot \
    "$target/weir" run "$work/weir.toml" >"$work/log" 2>&1 </dev/null &
recorded=$!
tries=0
while ! grep -q 'process up' "$work/log" && kill -0 "$recorded" 2>/dev/null && [ "$tries" -lt 300 ]; do
    sleep 0.2
    tries=$((tries + 1))
done
kill -TERM "$recorded"
wait "$recorded" || {
    cat "$work/log" >&2
    exit 1
}
rm -rf "$work"
[ -s "$target/weir.aot" ]
