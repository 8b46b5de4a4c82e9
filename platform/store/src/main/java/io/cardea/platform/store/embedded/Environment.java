package io.cardea.platform.store.embedded;

import java.util.Map;

/// What the programs of PostgreSQL see of our environment: nothing, for it may hold secrets, and a
/// `PGDATA` or `PGOPTIONS` of the operator's shell is not meant for us.
final class Environment {
  private Environment() {}

  static void clean(ProcessBuilder builder) {
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("LC_ALL", "C");
    environment.put("TZ", "UTC");
  }
}
