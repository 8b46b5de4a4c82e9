package io.cardea.platform.store.backup;

import java.io.IOException;

/// A backup that is damaged, cut off, not ours or not for this key; or a database that it does not
/// fit into. The message is one line for the operator.
public final class BackupException extends IOException {
  private static final long serialVersionUID = 1L;

  BackupException(String message) {
    super(message);
  }

  BackupException(String message, Exception cause) {
    super(message, cause);
  }
}
