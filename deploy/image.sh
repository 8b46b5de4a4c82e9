#!/bin/bash
# Makes a folder with all that a host or a container needs: a Java runtime of the modules in use, the jars, bin/cardea.
#
#   deploy/image.sh /opt/cardea      from a clone, with JDK 25 (JAVA_HOME or CARDEA_JAVA_HOME) and Maven
#
# What is there of an older release is replaced; a server that runs from it has to be started anew.
set -euo pipefail

[ $# -eq 1 ] || {
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
root=$(cd "$(dirname "$0")/.." && pwd)
image=$1
jdk=${CARDEA_JAVA_HOME:-${JAVA_HOME:?is not set: the home of a JDK 25}}

# What jdeps finds in the jars, and what they look for by name: socket options.
modules=java.base,java.desktop,java.naming,java.net.http,java.security.jgss,java.sql
modules+=,jdk.jfr,jdk.management,jdk.net,jdk.unsupported

"$root/cardea" build >&2

mkdir -p "$image/bin"
rm -rf "$image/new" "$image/runtime.new"
"$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
  --compress zip-6 --output "$image/runtime.new"
mkdir "$image/new"
cp "$root"/apps/cli/target/lib/* "$image/new/"
rm -f "$image"/new/*-osx-* "$image"/new/*-windows-*
rm -rf "$image/runtime" "$image/lib"
mv "$image/runtime.new" "$image/runtime"
mv "$image/new" "$image/lib"

cat >"$image/bin/cardea.new" <<'LAUNCHER'
#!/bin/sh
# CARDEA_JAVA_OPTS is appended to the JVM's options: -Xmx1g, say.
home=$(dirname "$(dirname "$(readlink -f "$0")")")
speed="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
case ${1-} in server | agent) speed= ;; esac
# shellcheck disable=SC2086 # several options in one variable are meant to be split
exec "$home/runtime/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -Djava.security.properties="$home/lib/java.security" -Dfile.encoding=UTF-8 -Djava.awt.headless=true \
  -XX:+ExitOnOutOfMemoryError $speed ${CARDEA_JAVA_OPTS-} -cp "$home/lib/*" io.cardea.apps.cli.Cardea "$@"
LAUNCHER
chmod 755 "$image/bin/cardea.new"
mv "$image/bin/cardea.new" "$image/bin/cardea"
du -sh "$image" >&2
