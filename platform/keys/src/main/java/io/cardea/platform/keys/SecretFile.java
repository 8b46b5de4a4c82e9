package io.cardea.platform.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/// Who else can read a file with a secret in it.
///
/// Its owner alone, it has to be; but what root hands to a service is often root's own and readable
/// by a group that was made for it: a credential of systemd, whose access list shows as
/// `r--r-----`, and a secret that Kubernetes mounts for `fsGroup`. Then it is root who chose the
/// readers.
public final class SecretFile {
  private static final int ROOT = 0;
  private static final Path SELF = Path.of("/proc/self");
  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private SecretFile() {}

  /// Whether somebody can read or change it who should not.
  public static boolean isOpenToOthers(Path file) throws IOException {
    int owner = (Integer) Files.getAttribute(file, "unix:uid");
    int self = Files.exists(SELF) ? (Integer) Files.getAttribute(SELF, "unix:uid") : owner;
    return isOpenToOthers(Files.getPosixFilePermissions(file), owner, self);
  }

  static boolean isOpenToOthers(Set<PosixFilePermission> permissions, int owner, int self) {
    Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
    others.addAll(permissions);
    others.removeAll(OWNERS);
    if (owner == ROOT && self != ROOT) {
      others.remove(PosixFilePermission.GROUP_READ);
    }
    return !others.isEmpty();
  }
}
