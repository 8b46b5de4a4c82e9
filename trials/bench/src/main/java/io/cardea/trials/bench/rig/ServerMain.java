package io.cardea.trials.bench.rig;

import io.cardea.apps.server.Server;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.apps.server.config.Logging;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// A server in a virtual machine of its own, configured by `key=value` arguments. It says `ready`,
/// and closes when its standard input ends: so it never outlives who started it.
public final class ServerMain {
  static final String READY = "ready";

  private ServerMain() {}

  public static void main(String[] arguments) throws ConfigException, StartFailure, IOException {
    Map<String, String> keys = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      keys.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    Config config = Config.of(keys);
    Logging.start(config.log());
    try (Server server = Server.start(config)) {
      System.out.println(READY + " " + server.devicePort());
      System.out.flush();
      while (System.in.read() >= 0) {
        // Nothing is said to it.
      }
    }
    System.exit(0);
  }
}
